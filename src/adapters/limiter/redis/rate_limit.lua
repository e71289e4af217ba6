-- The exact sliding window of one client: when it was admitted, oldest first.
-- KEYS[1]  its list
-- ARGV     quota, window in ticks, time to live in ms, and in tests the time in ticks
-- A tick is a microsecond of this server's clock, so that all who ask count on one.
local key = KEYS[1]
local quota, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local now = tonumber(ARGV[4])
if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000000 + time[2]
end

-- Fifteen digits and more would be written in powers of ten.
local now_text = string.format('%.0f', now)

local kept = redis.call('LLEN', key)
-- This clock may be set back. What lies ahead of it then was admitted just now, so
-- that nobody waits for longer than a window.
local ahead = 0
while ahead < kept and tonumber(redis.call('LINDEX', key, -1 - ahead)) > now do
    ahead = ahead + 1
end
for index = 1, ahead do
    redis.call('LSET', key, -index, now_text)
end
-- Who asks with a longer window still counts what is kept.
local function expire()
    if redis.call('PTTL', key) < tonumber(ARGV[3]) then
        redis.call('PEXPIRE', key, ARGV[3])
    end
end
if ahead > 0 then
    expire()
end

local function ceases_after(admission)
    return window - (now - admission) + 1
end

if kept >= quota then
    local oldest = tonumber(redis.call('LINDEX', key, -quota))
    if now - oldest <= window then
        return {0, ceases_after(oldest)}
    end
    -- It counts no more, nor does what is older.
    redis.call('LTRIM', key, kept - quota + 1, -1)
    kept = quota - 1
end
redis.call('RPUSH', key, now_text)
expire()

-- The first that counts; the new one does.
local low, high = 0, kept
while low < high do
    local middle = math.floor((low + high) / 2)
    if now - tonumber(redis.call('LINDEX', key, middle)) > window then
        low = middle + 1
    else
        high = middle
    end
end
local oldest = tonumber(redis.call('LINDEX', key, low))
return {1, ceases_after(oldest), quota - (kept + 1 - low)}
