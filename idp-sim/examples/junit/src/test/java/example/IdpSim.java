// SPDX-License-Identifier: Apache-2.0
package example;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Starts one simulator for the whole run; it ends with this process, whose pipe it holds. */
public class IdpSim implements BeforeAllCallback {
	static final HttpClient http = HttpClient.newHttpClient();
	private static Process process;
	private static String control;

	@Override
	public synchronized void beforeAll(ExtensionContext context) throws IOException {
		synchronized (IdpSim.class) {
			if (process != null)
				return;
			String program = System.getenv().getOrDefault("IDP_SIM", "idp-sim");
			process = new ProcessBuilder(program, "serve", "--port", "0", "--ready", "json",
				"--exit-on-stdin-close").redirectError(ProcessBuilder.Redirect.INHERIT).start();
			String ready = new BufferedReader(new InputStreamReader(process.getInputStream())).readLine();
			control = member(ready, "control");
		}
	}

	/** An issuer that no other test knows. */
	record Tenant(String id, String issuer) {
		static Tenant of(String provider) throws Exception {
			String made = call("/_sim/tenants", "{\"provider\": \"" + provider + "\"}");
			return new Tenant(member(made, "tenant"), member(made, "issuer"));
		}

		void fail(String code) throws Exception {
			call("/_sim/troubles", "{\"error\": \"" + code + "\", \"tenant\": \"" + id + "\"}");
		}

		void approve(String userCode) throws Exception {
			call("/_sim/devices/" + userCode + "/approve", "{\"user\": \"alice\"}");
		}
	}

	static String call(String path, String json) throws Exception {
		HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(control + path))
			.POST(HttpRequest.BodyPublishers.ofString(json)).build(), HttpResponse.BodyHandlers.ofString());
		if (answer.statusCode() >= 300)
			throw new IOException(answer.body());
		return answer.body();
	}

	/** A string member of a JSON text; a real suite has a JSON library. */
	static String member(String json, String name) {
		Matcher m = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
		return m.find() ? m.group(1) : null;
	}
}
