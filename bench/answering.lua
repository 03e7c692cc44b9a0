-- wrk -s answering.lua URL -- FILE THREADS: posts each line of FILE (path, cookie, body) once.
local threads, counter = {}, 0
local posts, at, step = {}, 0, 1

function setup(thread)
  thread:set("number", counter)
  counter = counter + 1
end

function init(args)
  step = tonumber(args[2])
  for line in io.lines(args[1]) do
    posts[#posts + 1] = line
  end
  at = number + 1 - step
  wrk.method = "POST"
end

function request()
  at = at + step
  local path, cookie, body = posts[(at - 1) % #posts + 1]:match("^(%S+) (%S+) (%S+)$")
  local headers = {
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Cookie"] = "vivencia-answer=" .. cookie,
  }
  return wrk.format("POST", path, headers, body)
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.3f,"p50_ms":%.2f,"p99_ms":%.2f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
