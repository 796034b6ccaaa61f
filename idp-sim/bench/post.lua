-- SPDX-License-Identifier: Apache-2.0
-- wrk -s post.lua URL -- BODY: posts one form body again and again.
function init(args)
  wrk.method = "POST"
  wrk.body = args[1]
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function done(summary, latency)
  local bad = summary.errors.status + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, bad, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
