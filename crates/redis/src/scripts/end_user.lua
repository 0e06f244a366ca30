-- Adds the end of all sessions that a user has now to the log. KEYS: those of an end. ARGV: the user, how
-- long it is needed (s). Answers with the time.
local newest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local now = redis.call('TIME')[1]
local name = ARGV[1] .. '.' .. now
redis.call('ZADD', KEYS[1], tonumber(newest[2] or 0) + 1, name)
redis.call('ZADD', KEYS[2], now + ARGV[2], name)
return now
