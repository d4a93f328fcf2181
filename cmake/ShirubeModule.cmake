# shirube_rule_module(NAME id SRCS ... LIBS ...): a rule module, built into
# build/rules/<id>.so with its manifest and its cases as ELF notes. The folder
# holds manifest.json and cases/*.case. Never sanitized: it runs in the worker.
function(shirube_rule_module)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;LIBS" ${ARGN})
endfunction()
