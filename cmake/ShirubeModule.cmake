# shirube_rule_module(NAME id SRCS ... LIBS ... [CASES ...] [MANIFEST file]): a rule
# module, built into build/rules/<id>.so with its manifest and its cases as ELF notes.
# The folder holds manifest.json and cases/*.case; CASES adds case files that modules
# share.
#
# Always optimised and never sanitized: it runs in the confined worker, and what is
# tested is what is shipped.
#
# shirube_lua_module(NAME id [CASES ...]): a rule module in Lua, build/rules/<id>.lua,
# put together from manifest.json, the cases and <id>.lua, which is the source alone.
enable_language(ASM)

set(SHIRUBE_MODULE_DIR ${CMAKE_CURRENT_LIST_DIR})
set(SHIRUBE_RULES_DIR ${PROJECT_BINARY_DIR}/rules)

# One note: name size, content size, type, name, content; each padded to 4 bytes.
# The section is allocated, so that strip keeps it and it is inside a segment.
function(shirube_note_source out section type file)
  set(${out} "
  .section ${section}, \"a\", %note
  .balign 4
  .long 2f - 1f
  .long 4f - 3f
  .long ${type}
1:
  .asciz \"shirube\"
2:
  .balign 4
3:
  .incbin \"${file}\"
4:
  .balign 4
" PARENT_SCOPE)
endfunction()

# The server takes no module that others could change, whatever the umask of the
# build was.
function(shirube_keep_module_safe target)
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND chmod go-w $<TARGET_FILE:${target}> VERBATIM)
endfunction()

function(shirube_rule_module)
  cmake_parse_arguments(ARG "" "NAME;MANIFEST" "SRCS;LIBS;CASES" ${ARGN})
  set(manifest ${CMAKE_CURRENT_SOURCE_DIR}/manifest.json)
  if(ARG_MANIFEST)
    set(manifest ${ARG_MANIFEST})
  endif()
  file(GLOB own_cases CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cases/*.case)
  set(case_files ${own_cases} ${ARG_CASES})
  set(cases ${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME}.cases)
  add_custom_command(OUTPUT ${cases}
    COMMAND ${CMAKE_COMMAND} -E cat ${case_files} > ${cases}
    DEPENDS ${case_files} VERBATIM)

  shirube_note_source(manifest_note .note.shirube.manifest 1 ${manifest})
  shirube_note_source(cases_note .note.shirube.cases 2 ${cases})
  set(notes ${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME}_notes.s)
  file(GENERATE OUTPUT ${notes} CONTENT
    "${manifest_note}${cases_note}\n  .section .note.GNU-stack, \"\", %progbits\n")
  set_source_files_properties(${notes} PROPERTIES
    GENERATED TRUE OBJECT_DEPENDS "${manifest};${cases}")

  set(target shirube_rule_${ARG_NAME})
  add_library(${target} MODULE ${ARG_SRCS} ${notes} ${cases})
  target_link_libraries(${target} PRIVATE shirube_options shirube::rule_abi ${ARG_LIBS})
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:C,CXX>:-O2 -fvisibility=hidden>
    $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden -fno-exceptions -fno-rtti>)
  # Nothing leaves but the one function, and nothing is needed that is not used.
  target_link_options(${target} PRIVATE
    -Wl,--version-script=${SHIRUBE_MODULE_DIR}/rule_module.map
    -static-libgcc -Wl,--as-needed -Wl,-z,defs -Wl,-z,now -Wl,--exclude-libs,ALL)
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME ${ARG_NAME} LIBRARY_OUTPUT_DIRECTORY ${SHIRUBE_RULES_DIR}
    LINK_DEPENDS ${SHIRUBE_MODULE_DIR}/rule_module.map)
  shirube_keep_module_safe(${target})
endfunction()

# One text: manifest and cases in long comments, then the source. A native module of
# that name, left by an earlier build, would be the one taken.
function(shirube_lua_text out manifest cases source)
  get_filename_component(name ${out} NAME_WE)
  get_filename_component(folder ${out} DIRECTORY)
  set(parts ${CMAKE_CURRENT_BINARY_DIR}/${name}_parts)
  # Not file(WRITE): what has not changed is not to be new.
  file(CONFIGURE OUTPUT ${parts}/before_manifest CONTENT "--[==[ shirube-manifest\n" @ONLY)
  file(CONFIGURE OUTPUT ${parts}/before_cases CONTENT "]==]\n--[==[ shirube-cases\n" @ONLY)
  file(CONFIGURE OUTPUT ${parts}/before_source CONTENT "]==]\n" @ONLY)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${folder}/${name}.so
    COMMAND ${CMAKE_COMMAND} -E cat ${parts}/before_manifest ${manifest} ${parts}/before_cases
            ${cases} ${parts}/before_source ${source} > ${parts}/whole
    COMMAND chmod go-w ${parts}/whole
    COMMAND ${CMAKE_COMMAND} -E rename ${parts}/whole ${out}
    DEPENDS ${manifest} ${cases} ${source} VERBATIM)
endfunction()

function(shirube_lua_module)
  cmake_parse_arguments(ARG "" "NAME" "CASES" ${ARGN})
  file(GLOB own_cases CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cases/*.case)
  set(out ${SHIRUBE_RULES_DIR}/${ARG_NAME}.lua)
  shirube_lua_text(${out} ${CMAKE_CURRENT_SOURCE_DIR}/manifest.json "${own_cases};${ARG_CASES}"
    ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_NAME}.lua)
  add_custom_target(shirube_rule_${ARG_NAME} ALL DEPENDS ${out})
endfunction()
