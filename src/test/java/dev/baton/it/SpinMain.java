package dev.baton.it;

import java.io.IOException;

/** Keeps every processor busy with nothing, until its input ends. */
public final class SpinMain {
    private SpinMain() {}

    /** Takes nothing. */
    public static void main(String[] args) throws IOException {
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread spinning = new Thread(SpinMain::spin, "spin-" + i);
            spinning.setDaemon(true);
            spinning.start();
        }
        while (System.in.read() >= 0) {
            // Nothing is said to it.
        }
    }

    private static void spin() {
        while (true) {
            Thread.onSpinWait();
        }
    }
}
