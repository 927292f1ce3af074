package dev.baton.auth;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Public keys as text. Pure. */
final class Pem {

    /** How every such text begins. */
    static final String BEGIN = "-----BEGIN ";

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private Pem() {}

    /**
     * The first key of the text. Line breaks may be written as {@code \n}, as they often are in an environment.
     *
     * @throws IllegalArgumentException saying in words why there is none
     */
    static PublicKey publicKey(String text) {
        Matcher block = BLOCK.matcher(text.replace("\\n", "\n"));
        if (!block.find()) {
            throw new IllegalArgumentException(
                    "it is no PEM: -----BEGIN PUBLIC KEY-----, Base64, -----END PUBLIC KEY-----");
        }
        String kind = block.group(1);
        if (kind.contains("PRIVATE")) {
            throw new IllegalArgumentException(
                    "it is a private key, which only the issuer of tokens may have; give the public one");
        }
        if (!kind.equals("PUBLIC KEY")) {
            throw new IllegalArgumentException(
                    "it is a " + kind + "; a PUBLIC KEY is needed (openssl can make one of it)");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException notBase64) {
            throw new IllegalArgumentException("its Base64 is damaged");
        }
        return read("RSA", der)
                .or(() -> read("EC", der))
                .orElseThrow(
                        () -> new IllegalArgumentException("it is neither an RSA key nor one of an elliptic curve"));
    }

    private static Optional<PublicKey> read(String algorithm, byte[] der) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der)));
        } catch (GeneralSecurityException another) {
            return Optional.empty();
        }
    }
}
