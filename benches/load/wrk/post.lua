-- POST, the bodies of a file in turn, a line each: post.lua TYPE FILE
local requests, turn, threads = {}, 0, 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(args)
    -- Threads do not begin with the same one.
    turn = 7 * number
    local headers = { ["Content-Type"] = args[1] }
    for body in io.lines(args[2]) do
        requests[#requests + 1] = wrk.format("POST", nil, headers, body)
    end
end

function request()
    turn = turn % #requests + 1
    return requests[turn]
end

local told = false

-- What was answered first instead of tokens: the figure is then none.
function response(status, _, body)
    if not told and not (status == 200 and body:find('"access_token":"', 1, true)) then
        told = true
        io.stderr:write(status, " ", body, "\n")
    end
end
