/* SPDX-License-Identifier: Apache-2.0 */
/*
 * situation.h - why an answer is no success, in words that all dialects share.
 *
 * Each row: name in provider files, the more general situation whose words serve when the
 * dialect has none of its own, and the error of RFC 6749/8628/6750 when nobody has words.
 */
#pragma once

#define SITUATIONS(X)                                                                          \
	X(none, none, 200, "")                                                                 \
	X(invalid_request, none, 400, "invalid_request")                                       \
	X(not_found, invalid_request, 404, "not_found")                                        \
	X(wrong_method, invalid_request, 405, "invalid_request")                               \
	X(wrong_content_type, invalid_request, 415, "invalid_request")                         \
	X(server_error, none, 500, "server_error")                                             \
	X(rate_limited, none, 429, "temporarily_unavailable")                                  \
	X(user_rate_limited, rate_limited, 429, "temporarily_unavailable")                     \
	X(unknown_tenant, invalid_request, 404, "invalid_request")                             \
	X(malformed_tenant, unknown_tenant, 400, "invalid_request")                            \
	X(missing_tenant, unknown_tenant, 400, "invalid_request")                              \
	X(tenant_disabled, unknown_tenant, 403, "access_denied")                               \
	X(duplicate_parameter, invalid_request, 400, "invalid_request")                        \
	X(missing_parameter, invalid_request, 400, "invalid_request")                          \
	X(missing_grant_type, missing_parameter, 400, "invalid_request")                       \
	X(unsupported_grant_type, none, 400, "unsupported_grant_type")                         \
	X(credentials_in_query, invalid_request, 400, "invalid_request")                       \
	X(invalid_client, none, 401, "invalid_client")                                         \
	X(missing_client, invalid_client, 401, "invalid_client")                               \
	X(unknown_client, invalid_client, 401, "invalid_client")                               \
	X(client_disabled, unknown_client, 401, "invalid_client")                              \
	X(client_bearer_only, unauthorized_client, 401, "unauthorized_client")                 \
	X(missing_secret, invalid_client, 401, "invalid_client")                               \
	X(wrong_secret, invalid_client, 401, "invalid_client")                                 \
	X(secret_expired, wrong_secret, 401, "invalid_client")                                 \
	X(secret_for_public_client, invalid_client, 401, "invalid_client")                     \
	X(malformed_basic, invalid_client, 401, "invalid_client")                              \
	X(multiple_credentials, invalid_request, 401, "invalid_request")                       \
	X(wrong_auth_method, invalid_client, 401, "invalid_client")                            \
	X(invalid_assertion, invalid_client, 401, "invalid_client")                            \
	X(needs_private_key_jwt, invalid_client, 401, "invalid_client")                        \
	X(missing_assertion, missing_secret, 401, "invalid_client")                            \
	X(assertion_malformed, invalid_assertion, 401, "invalid_client")                       \
	X(assertion_wrong_issuer, invalid_assertion, 401, "invalid_client")                    \
	X(assertion_unknown_key, invalid_assertion, 401, "invalid_client")                     \
	X(assertion_no_keys, assertion_unknown_key, 401, "invalid_client")                     \
	X(assertion_bad_signature, invalid_assertion, 401, "invalid_client")                   \
	X(assertion_wrong_audience, invalid_assertion, 401, "invalid_client")                  \
	X(assertion_expired, invalid_assertion, 401, "invalid_client")                         \
	X(assertion_no_id, invalid_assertion, 401, "invalid_client")                           \
	X(assertion_used, invalid_assertion, 401, "invalid_client")                            \
	X(cross_origin_refused, invalid_request, 400, "invalid_request")                       \
	X(unauthorized_client, none, 400, "unauthorized_client")                               \
	X(grant_not_allowed, unauthorized_client, 400, "unauthorized_client")                  \
	X(device_flow_disabled, grant_not_allowed, 400, "unauthorized_client")                 \
	X(public_client_credentials, grant_not_allowed, 401, "unauthorized_client")            \
	X(invalid_scope, none, 400, "invalid_scope")                                           \
	X(malformed_scope, invalid_scope, 400, "invalid_scope")                                \
	X(unknown_scope, invalid_scope, 400, "invalid_scope")                                  \
	X(missing_scope, invalid_scope, 400, "invalid_scope")                                  \
	X(openid_scope_for_client, invalid_scope, 400, "invalid_scope")                        \
	X(custom_scope_refused, invalid_scope, 400, "invalid_scope")                           \
	X(scope_not_granted, invalid_scope, 400, "invalid_scope")                              \
	X(unknown_resource, invalid_scope, 400, "invalid_target")                              \
	X(resource_not_registered, unknown_resource, 400, "invalid_target")                    \
	X(consent_missing, access_denied, 400, "consent_required")                             \
	X(user_consent_missing, consent_missing, 400, "consent_required")                      \
	X(groups_too_many, server_error, 400, "server_error")                                  \
	X(role_not_assigned, consent_missing, 400, "invalid_grant")                            \
	X(user_not_assigned, access_denied, 400, "access_denied")                              \
	X(policy_denied, access_denied, 400, "access_denied")                                  \
	X(policy_scopes_rejected, policy_denied, 400, "access_denied")                         \
	X(conditional_access, policy_denied, 400, "access_denied")                             \
	X(access_denied, none, 400, "access_denied")                                           \
	X(invalid_grant, none, 400, "invalid_grant")                                           \
	X(authorization_pending, none, 400, "authorization_pending")                           \
	X(slow_down, none, 400, "slow_down")                                                   \
	X(device_code_expired, none, 400, "expired_token")                                     \
	X(device_code_invalid, invalid_grant, 400, "invalid_grant")                            \
	X(device_code_used, device_code_invalid, 400, "invalid_grant")                         \
	X(device_code_other_client, device_code_invalid, 400, "invalid_grant")                 \
	X(device_declined, access_denied, 400, "access_denied")                                \
	X(too_many_user_codes, rate_limited, 429, "slow_down")                                 \
	X(user_code_invalid, invalid_request, 400, "invalid_request")                          \
	X(missing_username, missing_parameter, 400, "invalid_request")                         \
	X(wrong_password, invalid_grant, 400, "invalid_grant")                                 \
	X(missing_password, wrong_password, 400, "invalid_grant")                              \
	X(unknown_user, wrong_password, 400, "invalid_grant")                                  \
	X(user_disabled, wrong_password, 400, "invalid_grant")                                 \
	X(user_locked, wrong_password, 400, "invalid_grant")                                   \
	X(password_expired, wrong_password, 400, "invalid_grant")                              \
	X(must_change_password, password_expired, 400, "invalid_grant")                        \
	X(mfa_required, invalid_grant, 400, "invalid_grant")                                   \
	X(mfa_enrollment_required, mfa_required, 400, "invalid_grant")                         \
	X(guest_not_in_tenant, unknown_user, 400, "invalid_grant")                             \
	X(sign_on_policy, policy_denied, 400, "invalid_grant")                                 \
	X(refresh_token_invalid, invalid_grant, 400, "invalid_grant")                          \
	X(refresh_token_expired, refresh_token_invalid, 400, "invalid_grant")                  \
	X(refresh_token_expired_spa, refresh_token_expired, 400, "invalid_grant")              \
	X(refresh_sign_in_frequency, refresh_token_expired, 400, "invalid_grant")              \
	X(refresh_token_revoked, refresh_token_invalid, 400, "invalid_grant")                  \
	X(refresh_token_reused, refresh_token_invalid, 400, "invalid_grant")                   \
	X(refresh_successor_of_reused, refresh_token_revoked, 400, "invalid_grant")            \
	X(refresh_token_other_client, refresh_token_invalid, 400, "invalid_grant")             \
	X(refresh_user_disabled, refresh_token_revoked, 400, "invalid_grant")                  \
	X(refresh_scope_denied, scope_not_granted, 400, "invalid_scope")                       \
	X(other_tenant, invalid_grant, 400, "invalid_grant")                                   \
	X(code_invalid, invalid_grant, 400, "invalid_grant")                                   \
	X(code_expired, code_invalid, 400, "invalid_grant")                                    \
	X(code_used, code_invalid, 400, "invalid_grant")                                       \
	X(code_other_client, code_invalid, 400, "invalid_grant")                               \
	X(redirect_uri_mismatch, invalid_grant, 400, "invalid_grant")                          \
	X(pkce_mismatch, invalid_grant, 400, "invalid_grant")                                  \
	X(pkce_malformed, pkce_mismatch, 400, "invalid_grant")                                 \
	X(pkce_missing, pkce_mismatch, 400, "invalid_grant")                                   \
	X(pkce_required, invalid_request, 400, "invalid_request")                              \
	X(pkce_method_refused, invalid_request, 400, "invalid_request")                        \
	X(pkce_method_unknown, pkce_method_refused, 400, "invalid_request")                    \
	X(bad_redirect_uri, invalid_request, 400, "invalid_request")                           \
	X(missing_redirect_uri, bad_redirect_uri, 400, "invalid_request")                      \
	X(missing_response_type, missing_parameter, 400, "invalid_request")                    \
	X(unsupported_response_type, invalid_request, 400, "unsupported_response_type")        \
	X(login_required, none, 400, "login_required")                                         \
	X(interaction_required, login_required, 400, "interaction_required")                   \
	X(consent_denied, access_denied, 400, "access_denied")                                 \
	X(session_expired, invalid_request, 400, "invalid_request")                            \
	X(missing_token, invalid_request, 401, "")                                             \
	X(invalid_token, none, 401, "invalid_token")                                           \
	X(token_expired, invalid_token, 401, "invalid_token")                                  \
	X(token_revoked, invalid_token, 401, "invalid_token")                                  \
	X(session_ended, token_revoked, 401, "invalid_token")                                  \
	X(insufficient_scope, none, 403, "insufficient_scope")                                 \
	X(introspect_unauthenticated, invalid_client, 401, "invalid_client")                   \
	X(introspect_public_client, invalid_client, 403, "invalid_client")                     \
	X(introspect_missing_token, missing_parameter, 400, "invalid_request")                 \
	X(revoke_missing_token, missing_parameter, 400, "invalid_request")                     \
	X(revoke_garbage, none, 200, "")                                                       \
	X(revoke_other_client, invalid_request, 400, "invalid_request")                        \
	X(logout_bad_redirect_uri, invalid_request, 400, "invalid_request")                    \
	X(logout_bad_hint, invalid_request, 400, "invalid_request")                            \
	X(logout_missing_hint, invalid_request, 400, "invalid_request")                        \
	X(unknown_instance, invalid_request, 400, "invalid_instance")                          \
	X(authentication_failed, wrong_password, 401, "access_denied")                         \
	X(api_token_invalid, invalid_token, 401, "invalid_token")                              \
	X(subject_token_invalid, invalid_request, 400, "invalid_request")

enum situation {
#define SITUATION_ENUM(name, parent, status, error) S_##name,
	SITUATIONS(SITUATION_ENUM)
#undef SITUATION_ENUM
		S_N
};

extern const char *const situation_names[S_N];
enum situation situation_find(const char *name); /* S_none when unknown */
