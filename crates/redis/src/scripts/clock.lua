-- The clock by which the entries of the log expire. It follows the server's, but never by more than a minute at once.
-- So a server whose clock is days ahead for a moment drops no entry.
local function count(key)
    local seen = tonumber(redis.call('TIME')[1])
    local clock = redis.call('HMGET', key, 'time', 'seen')
    if not clock[1] or not clock[2] then
        redis.pcall('HSET', key, 'time', seen, 'seen', seen)
        return seen
    end
    -- A server that is full can't count, and drops no entry.
    local passed = seen - clock[2]
    local time = clock[1] + math.max(0, math.min(60, passed))
    -- Writing at each reading would be too often.
    if passed < 0 or passed >= 10 then
        redis.pcall('HSET', key, 'time', time, 'seen', seen)
    end
    return time
end
