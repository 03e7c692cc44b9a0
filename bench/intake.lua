-- wrk -s intake.lua URL -- KEY BATCH ORDERED SALT: posts the full record, every id new.
local key, batch, ordered, salt, n = "", 1, true, 0, 0

function init(args)
  key, batch, ordered = args[1], tonumber(args[2]), args[3] == "ordered"
  salt = tonumber(args[4])
  math.randomseed(salt)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. key
end

local function id()
  n = n + 1
  if ordered then  -- as UUIDv7: the time first, then what tells apart
    return string.format("%08x-%04x-7000-8000-%012x", 0x19f00000 + math.floor(n / 65536), n % 65536, salt)
  end
  return string.format("%08x-%04x-4%03x-8%03x-%012x", math.random(0, 4294967295),
    math.random(0, 65535), math.random(0, 4095), math.random(0, 4095), n)
end

local function item()
  local k = math.random(0, 49999)
  return string.format(
    '{"id":"%s","kind":"call.ended","happened_at":%d,"identity":{"account":"c%d"},'
    .. '"journey":"case-%d","touchpoint":"tp_%02d","channel":"phone","device":"mobile",'
    .. '"place":"shop %d","brand":"north","department":"billing","stage":"use",'
    .. '"initiated_by":"customer","agent":"a%d","outcome":"success","duration":%d,"wait":21000,'
    .. '"scale":"csat5","score":%d,"amount":"%d.%02d","currency":"EUR","item":"plan-%d",'
    .. '"properties":{"plan":"gold","region":"north"},'
    .. '"text":"I waited long but the agent was kind and solved it"}',
    id(), 1790000000000 + n, k, math.random(0, 8999), k % 40, k % 30, k % 17,
    180000 + k, k % 5 + 1, k % 900, k % 100, k % 7)
end

function request()
  local body
  if batch == 1 then
    body = item()
  else
    local items = {}
    for place = 1, batch do items[place] = item() end
    body = '{"batch":[' .. table.concat(items, ",") .. "]}"
  end
  return wrk.format(nil, "/api/v1/interactions", nil, body)
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.3f,"p50_ms":%.2f,"p99_ms":%.2f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
