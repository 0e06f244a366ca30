-- The clock by which the log counts how long something is needed. It goes on with the server's, but never by
-- more than a minute at once: a server whose clock is days ahead for a moment forgets nothing.
local function count(name)
    local seen = tonumber(redis.call('TIME')[1])
    local clock = redis.call('HMGET', name, 'time', 'seen')
    if not clock[1] or not clock[2] then
        redis.pcall('HSET', name, 'time', seen, 'seen', seen)
        return seen
    end
    -- A store that is full counts nothing, and forgets nothing.
    local passed = seen - clock[2]
    local time = clock[1] + math.max(0, math.min(60, passed))
    -- Not at each reading.
    if passed < 0 or passed >= 10 then
        redis.pcall('HSET', name, 'time', time, 'seen', seen)
    end
    return time
end
