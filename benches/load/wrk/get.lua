-- GET, with one header where its name and value follow: get.lua [NAME VALUE]
function init(args)
    if args[1] then wrk.headers[args[1]] = args[2] end
end
