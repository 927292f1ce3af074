package dev.baton.ops;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * This node's metrics, in the format of Prometheus. Names are Micrometer's: {@code baton.pings} is shown as
 * {@code baton_pings_total}. Everything is registered once, at the start, so that nothing is looked up when it is
 * counted. Thread-safe; suppliers are asked at each scrape, from any thread, and must not block.
 */
public final class Gauges implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /** The registry itself forgets whoever is asked for a count, as soon as nobody else knows of them. */
    private final List<Object> asked = new CopyOnWriteArrayList<>();

    /** A registry that has the JVM's own metrics. */
    public Gauges() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        collections.bindTo(registry);
    }

    /** A number that goes up and down; {@code tags} are names and values in turn. */
    public void add(String name, String help, Supplier<Number> value, String... tags) {
        Gauge.builder(name, value).description(help).tags(tags).register(registry);
    }

    /** A number that only rises. */
    public void count(String name, String help, LongSupplier value, String... tags) {
        asked.add(value);
        FunctionCounter.builder(name, value, LongSupplier::getAsLong)
                .description(help)
                .tags(tags)
                .register(registry);
    }

    /** How often something was done, and for how many microseconds in all. */
    public void spent(String name, String help, LongSupplier count, LongSupplier micros) {
        List<LongSupplier> both = List.of(count, micros);
        asked.add(both);
        FunctionTimer.builder(
                        name,
                        both,
                        any -> any.get(0).getAsLong(),
                        any -> any.get(1).getAsLong(),
                        TimeUnit.MICROSECONDS)
                .description(help)
                .register(registry);
    }

    /**
     * Times, as a histogram.
     *
     * @param buckets the upper bounds
     * @return takes each time, in nanoseconds, from any thread
     */
    public LongConsumer times(String name, String help, List<Duration> buckets, String... tags) {
        Timer timer = Timer.builder(name)
                .description(help)
                .tags(tags)
                .serviceLevelObjectives(buckets.toArray(Duration[]::new))
                .register(registry);
        return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** All of them, as text. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
