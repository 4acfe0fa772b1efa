-- wrk asks for the lines of a file in random order: `path`, or `path TAB entity-tag` to ask unless changed.
-- At the end it prints one line of JSON. No `response` hook: it would slow wrk, which shares the cores.

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  math.randomseed(20190304 + number)
  asked, count = {}, 0
  for line in io.lines(args[1]) do
    local path, tag = line:match("^([^\t]+)\t?(.*)$")
    local headers = { Host = wrk.headers["Host"] }
    if tag ~= "" then headers["If-None-Match"] = tag end
    count = count + 1
    asked[count] = wrk.format("GET", path, headers)
  end
end

function request()
  return asked[math.random(count)]
end

function done(summary, latency, _)
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "microseconds": %d, "bytes": %d, "p50": %.3f, "p99": %.3f, '
      .. '"refused": %d, "broken": %d, "timed_out": %d}',
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end
