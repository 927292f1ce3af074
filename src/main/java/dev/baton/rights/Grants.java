package dev.baton.rights;

import dev.baton.log.Claim;
import dev.baton.log.ClaimResult;
import dev.baton.log.DocumentLog;
import dev.baton.log.DocumentState;
import dev.baton.log.EntryText;
import dev.baton.log.LogException;
import dev.baton.log.Tenant;
import dev.baton.log.VacateResult;
import dev.baton.protocol.SeqEntry;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Makes real in the store what a lock has decided, one step at a time. Every step may be repeated, by any node: the
 * store gives the first answer again.
 */
final class Grants {

    /**
     * What a step came to.
     *
     * @param event what the lock must be told
     * @param entries what the log has taken up
     * @param first false when somebody had taken this step before, who tells of it
     */
    record Step(LockEvent event, List<SeqEntry> entries, boolean first) {
        Step(LockEvent event, List<SeqEntry> entries) {
            this(event, entries, true);
        }
    }

    private final DocumentLog log;
    private final Tenants tenants;

    /** Knows where the holder is that the store names. */
    @FunctionalInterface
    interface Tenants {
        /** The holder as a waiter, here or away. */
        Future<Waiter> locate(Tenant tenant);
    }

    Grants(DocumentLog log, Tenants tenants) {
        this.log = log;
        this.tenants = tenants;
    }

    /** The next step of a lock that is {@linkplain EditLock#pending pending}; fails as the log does. */
    Future<Step> step(String document, EditLock lock, long wallClock) {
        Tenure tenure = lock.tenure();
        if (tenure instanceof Tenure.Claiming claiming) {
            return claim(document, lock.epoch(), claiming, wallClock);
        }
        if (tenure instanceof Tenure.Vacating vacating) {
            return vacate(document, lock.epoch(), vacating, wallClock);
        }
        return load(document);
    }

    private Future<Step> load(String document) {
        return log.state(document).compose(state -> locate(state)
                .map(holder -> new Step(
                        new LockEvent.Loaded(state.epoch(), holder.stream().toList()), List.of())));
    }

    private Future<Optional<Waiter>> locate(DocumentState state) {
        return state.holder().isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : tenants.locate(state.holder().get()).map(Optional::of);
    }

    private Future<Step> claim(String document, long epoch, Tenure.Claiming claiming, long wallClock) {
        Waiter by = claiming.by();
        Tenant claimant = new Tenant(by.session(), by.user().toJson().text(), by.keep());
        return log.claim(new Claim(document, epoch, claimant, claiming.move().cause(), wallClock))
                .map(result -> {
                    if (result instanceof ClaimResult.Granted granted) {
                        return new Step(
                                new LockEvent.Claimed(granted.epoch(), by.session()),
                                List.of(EntryText.of(granted.entry())),
                                !granted.again());
                    }
                    return new Step(new LockEvent.Refused(by.session(), false), List.of());
                })
                .recover(failure -> wasRemoved(failure)
                        ? Future.succeededFuture(new Step(new LockEvent.Refused(by.session(), true), List.of()))
                        : Future.failedFuture(failure));
    }

    /** A grant is not made on a connection, so nothing else can have overtaken it. */
    private static boolean wasRemoved(Throwable failure) {
        return failure instanceof LogException refused && refused.reason() == LogException.Reason.SUPERSEDED;
    }

    private Future<Step> vacate(String document, long epoch, Tenure.Vacating vacating, long wallClock) {
        Move move = vacating.move();
        return log.vacate(document, epoch, move.last(), move.cause(), wallClock).map(result -> {
            if (result instanceof VacateResult.Vacated vacated) {
                return new Step(new LockEvent.Vacated(epoch, true), List.of(EntryText.of(vacated.entry())));
            }
            return new Step(new LockEvent.Vacated(epoch, false), List.of());
        });
    }
}
