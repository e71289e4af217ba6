-- The consecutive failures of one subject, by the rules of LoginAttempts.
-- KEYS[1]  failures, the last one's time, and when those in flight began
-- ARGV     what happens (begin, succeeded, failed, abandoned), ticks of a second,
--          free failures, then in ticks the longest delay, what a failure is
--          remembered for and an attempt flies for, the same two in ms, how many
--          ticks ago it happened, and in tests the time in ticks
local key, event = KEYS[1], ARGV[1]
local second, free = tonumber(ARGV[2]), tonumber(ARGV[3])
local longest_delay = tonumber(ARGV[4])
local forgotten_after, longest_flight = tonumber(ARGV[5]), tonumber(ARGV[6])
local now = tonumber(ARGV[10])
if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000000 + time[2]
end

local happened = now - tonumber(ARGV[9])

local stored = {}
for number in string.gmatch(redis.call('GET', key) or '', '%d+') do
    stored[#stored + 1] = tonumber(number)
end
-- This clock may be set back. What lies ahead of it then happened just now, so that
-- nobody waits for longer than a delay.
local set_back = false
for index = 2, #stored do
    if stored[index] > now then
        stored[index] = now
        set_back = true
    end
end
local failures, last_failure = stored[1] or 0, stored[2] or 0
if now - last_failure >= forgotten_after then
    failures = 0
end
local in_flight = {}
for index = 3, #stored do
    if now - stored[index] < longest_flight then
        in_flight[#in_flight + 1] = stored[index]
    end
end

local function delay(count)
    local beyond = count - free - 1
    if beyond < 0 then
        return 0
    end
    return math.min(longest_delay, second * 2 ^ beyond)
end

local function keep()
    if failures + #in_flight == 0 then
        redis.call('DEL', key)
        return
    end
    -- Digits, which numbers of this size are not written in otherwise.
    local state = {string.format('%.0f', failures), string.format('%.0f', last_failure)}
    for _, began in ipairs(in_flight) do
        state[#state + 1] = string.format('%.0f', began)
    end
    redis.call('SET', key, table.concat(state, ' '), 'PX', failures > 0 and ARGV[7] or ARGV[8])
end

if set_back then
    keep()
end
if event == 'begin' then
    local rest = delay(failures) - (now - last_failure)
    if rest > 0 then
        return {0, rest}
    end
    local at_once = delay(failures + #in_flight)
    if #in_flight > 0 and at_once > 0 then
        return {0, at_once}
    end
    in_flight[#in_flight + 1] = now
else
    -- Of what is told late: whose flight is over is not among them any more, and who
    -- began later is another. Nor does a success wipe out what failed after it.
    if in_flight[1] and in_flight[1] <= happened then
        table.remove(in_flight, 1)
    end
    if event == 'succeeded' and last_failure <= happened then
        failures = 0
    elseif event == 'failed' then
        failures = failures + 1
        last_failure = math.max(last_failure, happened)
    end
end

keep()
return {1, 0}
