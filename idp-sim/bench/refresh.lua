-- SPDX-License-Identifier: Apache-2.0
-- wrk -s refresh.lua URL -- BODY_PREFIX TOKENS_FILE: refreshes; every answer's token is used next.
-- The file holds more tokens than there are connections, so that a request always finds one.
local prefix, queue, first, last = "", {}, 1, 0

function init(args)
  prefix = args[1]
  for line in io.lines(args[2]) do
    last = last + 1
    queue[last] = line
  end
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  local token = queue[first] or "none"
  queue[first] = nil
  first = first + 1
  return wrk.format("POST", nil, nil, prefix .. token)
end

function response(status, headers, body)
  local token = body:match('"refresh_token"%s*:%s*"([^"]+)"')
  if token then
    last = last + 1
    queue[last] = token
  end
end

function done(summary, latency)
  local bad = summary.errors.status + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, bad, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
