-- SPDX-License-Identifier: Apache-2.0
-- wrk -s get.lua URL: the same summary line as post.lua.
function done(summary, latency)
  local bad = summary.errors.status + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, bad, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
