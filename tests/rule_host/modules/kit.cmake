# Modules that answer about one and the same row differently: what `rule check`
# has to find.
foreach(name counts_calls remembers_row differs_by_worker differs_with_facts)
  tiny_module(${name})
endforeach()
tiny_module_with_cases(stands_on_state counts_calls)
tiny_module_with_cases(stands_on_order remembers_row)
