package dev.baton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Promise;
import java.io.IOException;
import java.lang.reflect.Constructor;
import org.junit.jupiter.api.Test;

/** Which of the failures that nobody handled are nobody's. */
class UnhandledTest {

    @Test
    void aWriteWhosePromiseAnotherHasCompletedIsNotTold() throws ReflectiveOperationException {
        Promise<Void> both = Promise.promise();
        Promise<Void> first = Promise.promise();
        Promise<Void> second = Promise.promise();
        first.future().onComplete(both);
        second.future().onComplete(both);
        ChannelPromise one = write(first);
        ChannelPromise other = write(second);
        one.setSuccess();

        Throwable failure = catchThrowable(() -> other.tryFailure(new IOException("closed")));

        assertThat(failure).isInstanceOf(IllegalStateException.class);
        assertThat(Unhandled.isSecondWrite(failure)).isTrue();
    }

    private static ChannelPromise write(Promise<Void> done) throws ReflectiveOperationException {
        Constructor<?> constructor = Class.forName("io.vertx.core.net.impl.DelegatingChannelPromise")
                .getDeclaredConstructor(Promise.class, Channel.class);
        constructor.setAccessible(true);
        return (ChannelPromise) constructor.newInstance(done, new EmbeddedChannel());
    }

    @Test
    void whatIsWrongInWhatFollowsAWriteIs() throws ReflectiveOperationException {
        Promise<Void> ours = Promise.promise();
        Promise<Void> written = Promise.promise();
        written.future().onComplete(done -> ours.complete());
        ours.complete();
        ChannelPromise write = write(written);

        Throwable failure = catchThrowable(write::setSuccess);

        assertThat(failure).isInstanceOf(IllegalStateException.class);
        assertThat(Unhandled.isSecondWrite(failure)).isFalse();
    }

    @Test
    void aPromiseOfOursThatIsCompletedTwiceIs() {
        Promise<Void> ours = Promise.promise();
        ours.complete();

        Throwable failure = catchThrowable(ours::complete);

        assertThat(failure).isInstanceOf(IllegalStateException.class);
        assertThat(Unhandled.isSecondWrite(failure)).isFalse();
    }
}
