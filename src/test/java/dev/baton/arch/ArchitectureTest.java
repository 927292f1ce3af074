package dev.baton.arch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.Set;

/** Which part may know of which; what decides asks no clock and does no I/O. */
@AnalyzeClasses(packages = "dev.baton", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /** What decides. A class nested in one of them counts as that. */
    private static final Set<String> PURE = Set.of(
            "dev.baton.protocol.MessageReader",
            "dev.baton.protocol.Frames",
            "dev.baton.protocol.Names",
            "dev.baton.auth.Claims",
            "dev.baton.auth.Roles",
            "dev.baton.gateway.TokenBucket",
            "dev.baton.gateway.Throttle",
            "dev.baton.gateway.Expiries",
            "dev.baton.gateway.Attendance",
            "dev.baton.presence.RoomRoster",
            "dev.baton.presence.Roster",
            "dev.baton.presence.Seat",
            "dev.baton.session.SessionEvent",
            "dev.baton.session.SessionRecord",
            "dev.baton.session.SessionProcessor",
            "dev.baton.rights.EditLock",
            "dev.baton.rights.Tenure",
            "dev.baton.rights.Move",
            "dev.baton.rights.Waiter",
            "dev.baton.rights.LockEvent",
            "dev.baton.rights.LockRecord",
            "dev.baton.rights.LockProcessor",
            "dev.baton.rights.Reservations",
            "dev.baton.rights.Reconciliation",
            "dev.baton.room.EntryStream",
            "dev.baton.room.SnapshotWatch",
            "dev.baton.room.Fanout",
            "dev.baton.heartbeat.HeartbeatWheel");

    /** What decides or is told, and is or writes a JSON object for the bus or the log. */
    private static final Set<String> TOLD = Set.of(
            "dev.baton.log.Ledger",
            "dev.baton.presence.RosterDiff",
            "dev.baton.session.Liveness",
            "dev.baton.rights.LockNews");

    private static final DescribedPredicate<JavaClass> PURE_CLASSES =
            named("decide", PURE).or(resideInAPackage("dev.baton.heartbeat"));

    private static final DescribedPredicate<JavaClass> CLOCKLESS_CLASSES = PURE_CLASSES.or(named("are told", TOLD));

    private static DescribedPredicate<JavaClass> named(String description, Set<String> names) {
        return DescribedPredicate.describe(description, type -> {
            int nested = type.getName().indexOf('$');
            return names.contains(nested < 0 ? type.getName() : type.getName().substring(0, nested));
        });
    }

    // ---- who knows whom -------------------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CYCLE =
            slices().matching("dev.baton.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_PART_KNOWS_THE_WHOLE = noClasses()
            .that()
            .resideInAPackage("dev.baton.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.baton");

    @ArchTest
    static final ArchRule HEARTBEAT_KNOWS_NOTHING_BUT_THE_JDK = classes()
            .that()
            .resideInAPackage("dev.baton.heartbeat..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("dev.baton.heartbeat..", "java.."));

    @ArchTest
    static final ArchRule PROTOCOL_KNOWS_ONLY_JACKSON = classes()
            .that()
            .resideInAPackage("dev.baton.protocol..")
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage("dev.baton.protocol..", "com.fasterxml.jackson.core..", "java.."));

    @ArchTest
    static final ArchRule AUTH_KNOWS_ONLY_TOKENS_AND_SETTINGS = noClasses()
            .that()
            .resideInAPackage("dev.baton.auth..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.baton..")
                    .and(DescribedPredicate.not(
                            resideInAnyPackage("dev.baton.auth..", "dev.baton.config..", "dev.baton.protocol.."))));

    @ArchTest
    static final ArchRule TOKENS_ARE_READ_IN_AUTH_ALONE = noClasses()
            .that()
            .resideOutsideOfPackage("dev.baton.auth..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.nimbusds..");

    @ArchTest
    static final ArchRule THE_CLIENT_KNOWS_NOTHING_OF_THE_NODE = noClasses()
            .that()
            .resideInAPackage("dev.baton.client..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.baton..")
                    .and(DescribedPredicate.not(resideInAPackage("dev.baton.client.."))));

    @ArchTest
    static final ArchRule THE_NODE_KNOWS_NOTHING_OF_THE_CLIENT = noClasses()
            .that()
            .resideOutsideOfPackage("dev.baton.client..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.baton.client..");

    @ArchTest
    static final ArchRule PRESENCE_KNOWS_NO_LOCKS = noClasses()
            .that()
            .resideInAPackage("dev.baton.presence..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.baton.rights..", "dev.baton.log..");

    @ArchTest
    static final ArchRule RIGHTS_KNOW_NO_ROSTERS_AND_NO_SOCKETS = noClasses()
            .that()
            .resideInAPackage("dev.baton.rights..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.baton.presence..", "dev.baton.room..", "dev.baton.gateway..", "io.vertx.core.http..");

    @ArchTest
    static final ArchRule SESSIONS_KNOW_NO_SOCKETS = noClasses()
            .that()
            .resideInAPackage("dev.baton.session..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.baton.room..", "dev.baton.gateway..", "io.vertx.core.http..");

    @ArchTest
    static final ArchRule ROOMS_KNOW_NO_SOCKETS = noClasses()
            .that()
            .resideInAPackage("dev.baton.room..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.baton.gateway..", "io.vertx.core.http..", "java.sql..");

    @ArchTest
    static final ArchRule THE_GATEWAY_KNOWS_NEITHER_HAZELCAST_NOR_SQL = noClasses()
            .that()
            .resideInAPackage("dev.baton.gateway..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.hazelcast..", "java.sql..", "javax.sql..");

    @ArchTest
    static final ArchRule THE_LOG_KNOWS_NEITHER_LOCKS_NOR_THE_CLUSTER = noClasses()
            .that()
            .resideInAPackage("dev.baton.log..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "com.hazelcast..",
                    "dev.baton.rights..",
                    "dev.baton.session..",
                    "dev.baton.gateway..",
                    "dev.baton.room..",
                    "dev.baton.cluster..");

    @ArchTest
    static final ArchRule SQL_IS_SPOKEN_IN_THE_LOG_ALONE = noClasses()
            .that()
            .resideOutsideOfPackage("dev.baton.log..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..");

    @ArchTest
    static final ArchRule THE_CLUSTER_KNOWS_NO_DOCUMENTS = noClasses()
            .that()
            .resideInAPackage("dev.baton.cluster..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.baton..")
                    .and(DescribedPredicate.not(resideInAnyPackage("dev.baton.cluster..", "dev.baton.config.."))));

    @ArchTest
    static final ArchRule WHAT_AN_OPERATOR_SEES_AND_WHAT_HTTP_HAS_IN_COMMON_KNOW_NOTHING_ELSE = noClasses()
            .that()
            .resideInAnyPackage("dev.baton.ops..", "dev.baton.web..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.baton..")
                    .and(DescribedPredicate.not(
                            resideInAnyPackage("dev.baton.ops..", "dev.baton.web..", "dev.baton.config.."))));

    // ---- what decides ---------------------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule WHAT_DECIDES_ASKS_NO_CLOCK = noClasses()
            .that(CLOCKLESS_CLASSES)
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class);

    @ArchTest
    static final ArchRule WHAT_DECIDES_DOES_NO_IO_AND_STARTS_NOTHING = noClasses()
            .that(PURE_CLASSES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.vertx..",
                    "io.netty..",
                    "java.sql..",
                    "java.net..",
                    "java.nio..",
                    "java.util.concurrent..",
                    "org.slf4j..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class);

    @ArchTest
    static final ArchRule EVERY_CLASS_NAMED_HERE_EXISTS =
            classes().that(CLOCKLESS_CLASSES).should(new Listed(PURE)).andShould(new Listed(TOLD));

    // ---- habits ---------------------------------------------------------------------------------------------------

    @ArchTest
    static final ArchRule NO_OLD_DATES = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Date")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Calendar");

    @ArchTest
    static final ArchRule ONLY_WHAT_STARTS_A_NODE_WRITES_TO_STANDARD_OUTPUT = noClasses()
            .that(DescribedPredicate.not(simpleName("ReadyLine")
                    .or(simpleName("BatonApplication"))
                    .or(simpleName("LaunchOptions"))
                    .or(simpleName("NodeLifecycle"))))
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(Throwable.class, "printStackTrace");
}
