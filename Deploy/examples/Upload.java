// Signs a batch and uploads it: java Upload.java BATCH KEYFILE URL. Needs nothing but Java 17 or later.
// Prints the receipt and ends with 0, or the problem with 1. After a failure of the network the same may be done
// again: a batch that had arrived gets its first receipt.

import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Upload {
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3) {
            System.err.println("usage: java Upload.java BATCH KEYFILE URL");
            System.exit(2);
        }
        byte[] batch = Files.readAllBytes(Path.of(arguments[0]));
        String key = Files.readString(Path.of(arguments[1]));
        String type = arguments[0].endsWith(".csv") ? "text/csv" : "application/x-ndjson";
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[2] + "/v1/batches"))
            .header("Content-Type", type)
            .header("Settled-Signature", sign(batch, key))
            .POST(HttpRequest.BodyPublishers.ofByteArray(batch))
            .build();
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        new PrintStream(System.out, true, StandardCharsets.UTF_8).println(answer.body());
        System.exit(answer.statusCode() == 200 || answer.statusCode() == 201 ? 0 : 1);
    }

    /** A detached JWS over the exact bytes: what is signed is the header, a dot, and the batch. */
    static String sign(byte[] batch, String key) throws Exception {
        Base64.Encoder base64url = Base64.getUrlEncoder().withoutPadding();
        String header = "{\"alg\":\"HS256\",\"kid\":\"" + member(key, "kid") + "\",\"b64\":false,\"crit\":[\"b64\"]}";
        String head = base64url.encodeToString(header.getBytes(StandardCharsets.UTF_8));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getUrlDecoder().decode(member(key, "k")), "HmacSHA256"));
        mac.update((head + ".").getBytes(StandardCharsets.US_ASCII));
        return head + ".." + base64url.encodeToString(mac.doFinal(batch));
    }

    /** A member of the key file, a JWK of plain texts. */
    static String member(String json, String name) {
        var found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"\\\\]*)\"").matcher(json);
        if (!found.find()) throw new IllegalArgumentException("the key file has no member " + name);
        return found.group(1);
    }
}
