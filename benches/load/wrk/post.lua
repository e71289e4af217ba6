-- POST, the bodies of a file in turn, a line each: post.lua TYPE FILE
local requests, turn = {}, 0

function init(args)
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

-- What was refused first: the figure is then none.
function response(status, _, body)
    if status > 399 and not told then
        told = true
        io.stderr:write(status, " ", body, "\n")
    end
end
