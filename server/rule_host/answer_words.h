// What a module answers and what a case expects of it, in the same words. Pure.
#ifndef SHIRUBE_SERVER_RULE_HOST_ANSWER_WORDS_H_
#define SHIRUBE_SERVER_RULE_HOST_ANSWER_WORDS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/cases/case_file.h"
#include "server/rule_host/answers.h"
#include "server/rule_host/manifest.h"

namespace shirube {

// "AT_RISK" and "BEHIND", or "NOT_RAISED" and nothing. Of a mark module the
// status is its mark.
struct AnswerWords {
  std::string status, reason;
  std::string ToString() const;
  friend bool operator==(const AnswerWords&, const AnswerWords&) = default;
};

// Of a position without an answer: what the module did instead.
AnswerWords WordsOf(const Manifest& manifest, const ModuleAnswers& answers,
                    uint32_t position);

bool Declares(const Manifest& manifest, std::string_view reason);

// What an expectation asks of this module: NOT_RAISED where it is about a
// reason of other modules.
AnswerWords WantedOf(const Manifest& manifest,
                     const cases::Expectation& expectation);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_ANSWER_WORDS_H_
