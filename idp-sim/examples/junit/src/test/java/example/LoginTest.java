// SPDX-License-Identifier: Apache-2.0
package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the application does when the provider says no. Replace {@link #post} by your own. */
@ExtendWith(IdpSim.class)
@Execution(ExecutionMode.CONCURRENT)
class LoginTest {
	private static final String CLIENT = "66666666-7777-8888-9999-aaaaaaaaaaaa";

	private static HttpResponse<String> post(IdpSim.Tenant tenant, String endpoint, String form)
			throws Exception {
		String base = tenant.issuer().replaceFirst("/v2\\.0$", "/oauth2/v2.0/");
		return IdpSim.http.send(HttpRequest.newBuilder(URI.create(base + endpoint))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(HttpRequest.BodyPublishers.ofString("client_id=" + CLIENT + "&" + form)).build(),
			HttpResponse.BodyHandlers.ofString());
	}

	@Test
	void aPersonSignsIn() throws Exception {
		IdpSim.Tenant azure = IdpSim.Tenant.of("azure");
		String device = post(azure, "devicecode", "scope=openid").body();
		azure.approve(IdpSim.member(device, "user_code"));
		String grant = URLEncoder.encode("urn:ietf:params:oauth:grant-type:device_code",
			StandardCharsets.UTF_8);
		String tokens = post(azure, "token", "grant_type=" + grant + "&device_code="
			+ IdpSim.member(device, "device_code")).body();
		assertNotNull(IdpSim.member(tokens, "access_token"), tokens);
	}

	@Test
	void theScopeIsNotRegistered() throws Exception {
		IdpSim.Tenant azure = IdpSim.Tenant.of("azure");
		azure.fail("AADSTS70011");
		HttpResponse<String> refused = post(azure, "devicecode", "scope=openid");
		assertEquals(400, refused.statusCode());
		assertTrue(refused.body().contains("AADSTS70011"), refused.body());
		assertEquals(200, post(IdpSim.Tenant.of("azure"), "devicecode", "scope=openid").statusCode());
	}
}
