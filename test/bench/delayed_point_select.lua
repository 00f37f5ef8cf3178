-- Point selects that take the server 150 us longer: as oltp_point_select, but the row that was found
-- makes its server sleep. The sleep costs no CPU, and none of it is in gate, tablet or proxy.
require("oltp_common")

sysbench.cmdline.options.delay_us = {"Microseconds that a statement sleeps in the server", 150}

local function text(id)
   return string.format("SELECT c FROM sbtest1 WHERE id=%s AND SLEEP(%g)=0", id,
                        sysbench.opt.delay_us / 1e6)
end

function thread_init()
   drv = sysbench.sql.driver()
   con = drv:connect()
   if sysbench.opt.db_ps_mode ~= "disable" then
      stmt = con:prepare(text("?"))
      param = stmt:bind_create(sysbench.sql.type.INT)
      stmt:bind_param(param)
   end
end

function thread_done()
   if stmt then stmt:close() end
   con:disconnect()
end

function event()
   local id = sysbench.rand.default(1, sysbench.opt.table_size)
   if stmt then
      param:set(id)
      stmt:execute()
   else
      con:query(text(id))
   end
end
