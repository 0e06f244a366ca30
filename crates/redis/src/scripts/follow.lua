-- The ends behind a number of the log, and how long each is needed. A log that was lost has another age, and so
-- has one that another server took over, since it may lack the last of it: whoever knew the old age reads
-- from the beginning.
-- KEYS: the log, the times, their clock. ARGV: the age that the caller knows, a number, a limit, for how long an end is
-- needed at most (s).
-- Changes nothing, and is refused by a replica: it could be behind without knowing it.
redis.call('PERSIST', KEYS[1])
local age = redis.call('ZRANGEBYSCORE', KEYS[1], 0, 0)[1]
if not age then
    local time = redis.call('TIME')
    age = time[1] .. '.' .. time[2]
    redis.call('ZADD', KEYS[1], 0, age)
end
age = age .. '@' .. (string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or '')
local after = ARGV[2]
if age ~= ARGV[1] then
    after = 0
end
local names = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local now = count(KEYS[3])
local answer = {age, after}
for index = 1, #names, 2 do
    answer[2] = names[index + 1]
    table.insert(answer, names[index])
    local time = redis.call('ZSCORE', KEYS[2], names[index])
    local life = time and math.max(1, time - now) or ARGV[4]
    table.insert(answer, string.format('%d', life))
end
return answer
