#include "snmp/set_phases.h"

#include <utility>

#include "snmp/varbind.h"

namespace hvnet {
namespace {

int errorOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNotWritable:
      return SNMP_ERR_NOTWRITABLE;
    case Refusal::kWrongType:
      return SNMP_ERR_WRONGTYPE;
    case Refusal::kWrongLength:
      return SNMP_ERR_WRONGLENGTH;
    case Refusal::kWrongValue:
      return SNMP_ERR_WRONGVALUE;
    case Refusal::kNoCreation:
      return SNMP_ERR_NOCREATION;
    case Refusal::kInconsistentValue:
      return SNMP_ERR_INCONSISTENTVALUE;
  }
  return SNMP_ERR_GENERR;
}

void refuse(netsnmp_agent_request_info& info, netsnmp_request_info* request, int error) {
  if (request != nullptr) netsnmp_set_request_error(&info, request, error);
}

}  // namespace

void SetPhases::handle(const Table& table, const SnapshotPtr& now, netsnmp_agent_request_info& info,
                       netsnmp_request_info* requests) {
  const long transaction = info.asp->pdu->transid;
  const bool known = pdu_ && pdu_->transaction == transaction;
  if (info.mode == MODE_SET_RESERVE1) {
    if (!known) pdu_.emplace(Pdu{transaction, SetRequest(settings_->current(), now)});
    return reserve(table, info, requests);
  }
  // The first subtree's call finished it for all.
  if (!known) return;
  if (info.mode == MODE_SET_RESERVE2) return review(table, info, requests);
  if (info.mode == MODE_SET_ACTION) return write(info, requests);
  if (info.mode == MODE_SET_UNDO) undo(info, requests);
  pdu_.reset();
}

void SetPhases::reserve(const Table& table, netsnmp_agent_request_info& info,
                        netsnmp_request_info* requests) {
  for (auto* request = requests; request != nullptr; request = request->next) {
    const netsnmp_variable_list& varbind = *request->requestvb;
    const auto refusal = pdu_->request.add(table, nameOf(varbind), valueOf(varbind));
    if (refusal) return refuse(info, request, errorOf(*refusal));
  }
}

void SetPhases::review(const Table& table, netsnmp_agent_request_info& info,
                       netsnmp_request_info* requests) {
  for (auto* request = requests; request != nullptr; request = request->next) {
    const auto refusal = pdu_->request.review(table, nameOf(*request->requestvb));
    if (refusal) return refuse(info, request, errorOf(*refusal));
  }
}

void SetPhases::write(netsnmp_agent_request_info& info, netsnmp_request_info* requests) {
  if (pdu_->written) return;
  // Logged where it is written.
  if (!settings_->replace(pdu_->request.after())) {
    return refuse(info, requests, SNMP_ERR_COMMITFAILED);
  }
  pdu_->written = true;
  store_->awaitSettings(settings_->current(), kMaxSetWait);
}

void SetPhases::undo(netsnmp_agent_request_info& info, netsnmp_request_info* requests) {
  if (!pdu_->written) return;
  if (!settings_->replace(*pdu_->request.before())) {
    return refuse(info, requests, SNMP_ERR_UNDOFAILED);
  }
  store_->awaitSettings(settings_->current(), kMaxSetWait);
}

}  // namespace hvnet
