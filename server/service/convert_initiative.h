// Initiatives and their entries: message <-> domain.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_INITIATIVE_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_INITIATIVE_H_

#include <set>
#include <string>
#include <vector>

#include "server/domain/initiative.h"
#include "server/service/field_reader.h"
#include "shirube/v1/initiative.pb.h"

namespace shirube {

v1::Initiative ToWire(const Initiative& initiative, const std::string& history);

// Reads what may be written; name and outputs are left alone.
Initiative ReadInitiative(const v1::Initiative& in, const InitiativeKey& key,
                          const FieldReader& reader);

const std::vector<std::string>& WritableInitiativeFields();
void PatchInitiative(const Initiative& from, const std::set<std::string>& mask,
                     Initiative* to);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_INITIATIVE_H_
