// Assessments: message <-> domain.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_ASSESSMENT_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_ASSESSMENT_H_

#include <set>
#include <string>
#include <vector>

#include "server/domain/assessment.h"
#include "server/service/field_reader.h"
#include "server/storage/records.h"
#include "shirube/v1/assessment.pb.h"

namespace shirube {

v1::Assessment ToWire(const Assessment& assessment, const std::string& history);

// Whether subject and fiscal year are read: they never change afterwards.
enum class SubjectIs { kRequired, kFixed };
Assessment ReadAssessment(const v1::Assessment& in, const AssessmentKey& key,
                          SubjectIs subject, const FieldReader& reader);

const std::vector<std::string>& WritableAssessmentFields();
void PatchAssessment(const Assessment& from, const std::set<std::string>& mask,
                     Assessment* to);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_ASSESSMENT_H_
