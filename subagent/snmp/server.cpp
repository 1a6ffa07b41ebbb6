#include "snmp/server.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "snmp/varbind.h"

namespace hvnet {
namespace {

constexpr char kRequestViewKey[] = "hvnet-request-view";

// What has nothing to SET is refused by the library.
int accessOf(const Table& table) {
  const bool writable = std::ranges::any_of(
      table.columns, [](const Column& column) { return column.setter != nullptr; });
  return writable ? HANDLER_CAN_RWRITE : HANDLER_CAN_RONLY;
}

// RFC 2741 §5.2: the end of a search range; a null OID is no limit.
OidView searchEnd(const netsnmp_variable_list& range) {
  const OidView end{range.val.objid, range.val_len / sizeof(oid)};
  const bool null_oid = end.size() == 2 && end[0] == 0 && end[1] == 0;
  return null_oid ? OidView{} : end;
}

}  // namespace

Server::~Server() {
  for (std::vector<oid>& identity : listed_) {
    unregister_sysORTable(identity.data(), identity.size());
  }
  for (netsnmp_handler_registration* registration : registrations_) {
    netsnmp_unregister_handler(registration);
  }
}

Result<void> Server::registerTables() {
  for (const Subtree& subtree : mib_.subtrees()) {
    auto* registration = netsnmp_create_handler_registration(
        std::string(subtree.table->name).c_str(), &Server::handle, subtree.root.data(),
        subtree.root.size(), accessOf(*subtree.table) | HANDLER_CAN_GETBULK);
    if (registration == nullptr) return fail("out of memory registering tables");
    registration->priority = kPriority;
    registration->handler->myvoid = this;
    // The library's slot for us; it is never written through.
    registration->my_reg_void = const_cast<Subtree*>(&subtree);
    if (netsnmp_register_handler(registration) != MIB_REGISTERED_OK) {
      return fail("cannot register " + std::string(subtree.table->name) + " with Net-SNMP");
    }
    registrations_.push_back(registration);
  }
  return listModules();
}

// The library passes it on to a master, and says it again to one that comes back.
Result<void> Server::listModules() {
  for (const Module& module : modules()) {
    std::vector<oid> identity(module.identity.begin(), module.identity.end());
    const std::string text = std::string(module.name) + ": " + std::string(module.description);
    if (register_sysORTable(identity.data(), identity.size(), text.c_str()) != 0) {
      return fail("cannot list " + std::string(module.name) + " in sysORTable");
    }
    listed_.push_back(std::move(identity));
  }
  return {};
}

void Server::readUptime() {
  using Hundredths = std::chrono::duration<std::int64_t, std::centi>;
  const Hundredths uptime{static_cast<std::int64_t>(netsnmp_get_agent_uptime())};
  clock_.started = Clock::now() - uptime;
  set_.forget();
}

bool Server::answerGet(netsnmp_pdu& pdu) {
  Places places;
  if (!mayAnswer(pdu, places)) return false;
  const RequestView now = requestView();
  const View view = viewOf(now);
  auto place = places.begin();
  for (auto* varbind = pdu.variables; varbind != nullptr; varbind = varbind->next_variable) {
    setGot(*varbind, get(*(*place)->table, view, nameOf(*varbind)));
    ++place;
  }
  return true;
}

bool Server::mayAnswer(netsnmp_pdu& pdu, Places& places) const {
  boost::container::small_vector<const Subtree*, 8> allowed;
  for (auto* varbind = pdu.variables; varbind != nullptr; varbind = varbind->next_variable) {
    const Subtree* subtree = mib_.subtreeOf(nameOf(*varbind));
    if (subtree == nullptr) return false;
    places.push_back(subtree);
    if (std::ranges::find(allowed, subtree) != allowed.end()) continue;
    // Read only, whatever the signature says. This also finds out the context that the community
    // stands for; ours is the default one.
    auto* root = const_cast<oid*>(subtree->root.data());
    if (netsnmp_acm_check_subtree(&pdu, root, subtree->root.size()) != 0) return false;
    if (pdu.contextNameLen != 0) return false;
    allowed.push_back(subtree);
  }
  return pdu.variables != nullptr;
}

void Server::answerAgentx(netsnmp_pdu& pdu) {
  const RequestView now = requestView();
  const View view = viewOf(now);
  for (netsnmp_variable_list* varbind = pdu.variables; varbind != nullptr;
       varbind = varbind->next_variable) {
    if (pdu.command == kAgentxGet) {
      setGot(*varbind, mib_.get(view, nameOf(*varbind)));
      continue;
    }
    const bool inclusive = varbind->type == ASN_PRIV_INCL_RANGE;
    const auto found = mib_.next(view, nameOf(*varbind), inclusive, searchEnd(*varbind));
    if (found) {
      setCell(*varbind, view, *found);
    } else {
      snmp_set_var_typed_value(varbind, SNMP_ENDOFMIBVIEW, nullptr, 0);
    }
  }
}

int Server::handle(netsnmp_mib_handler* handler, netsnmp_handler_registration* registration,
                   netsnmp_agent_request_info* info, netsnmp_request_info* requests) {
  auto& self = *static_cast<Server*>(handler->myvoid);
  const auto& subtree = *static_cast<const Subtree*>(registration->my_reg_void);
  return self.guard_.run<int>(SNMP_ERR_GENERR,
                              [&] { return self.answer(subtree, *info, requests); });
}

int Server::answer(const Subtree& subtree, netsnmp_agent_request_info& info,
                   netsnmp_request_info* requests) {
  const RequestView& now = requestViewOf(info);
  if (MODE_IS_SET(info.mode)) {
    set_.handle(*subtree.table, now.snapshot, info, requests);
    return SNMP_ERR_NOERROR;
  }
  const View view = viewOf(now);
  for (netsnmp_request_info* request = requests; request != nullptr; request = request->next) {
    if (request->processed != 0) continue;
    if (info.mode == MODE_GET) {
      setGot(*request->requestvb, get(*subtree.table, view, nameOf(*request->requestvb)));
    } else if (info.mode == MODE_GETNEXT) {
      answerNext(view, subtree, *request);
    } else if (info.mode == MODE_GETBULK) {
      answerBulk(view, subtree, *request);
    }
  }
  return SNMP_ERR_NOERROR;
}

Server::RequestView Server::requestView() const {
  return {store_->fresh(kMaxAge, kMaxWait), Clock::now()};
}

// One request may call the handler once for each subtree that it touches. The library keeps this
// until the request is answered.
const Server::RequestView& Server::requestViewOf(netsnmp_agent_request_info& info) const {
  if (const void* kept = netsnmp_agent_get_list_data(&info, kRequestViewKey)) {
    return *static_cast<const RequestView*>(kept);
  }
  auto fresh = std::make_unique<RequestView>(requestView());
  const auto free = [](void* kept) { delete static_cast<RequestView*>(kept); };
  netsnmp_data_list* node = netsnmp_create_data_list(kRequestViewKey, fresh.get(), free);
  if (node == nullptr) throw std::bad_alloc();
  netsnmp_agent_add_list_data(&info, node);
  return *fresh.release();
}

// What is not found here is looked for in the next subtree by the agent.
void Server::answerNext(const View& view, const Subtree& subtree,
                        netsnmp_request_info& request) const {
  netsnmp_variable_list& varbind = *request.requestvb;
  const auto cell = next(*subtree.table, view, nameOf(varbind), request.inclusive != 0);
  if (cell) setCell(varbind, view, {subtree.table, *cell});
}

// All repetitions in one go: the library's bulk_to_next helper would come back for each.
void Server::answerBulk(const View& view, const Subtree& subtree,
                        netsnmp_request_info& request) const {
  auto cell = next(*subtree.table, view, nameOf(*request.requestvb), request.inclusive != 0);
  while (cell) {
    netsnmp_variable_list& varbind = *request.requestvb;
    setCell(varbind, view, {subtree.table, *cell});
    const OidView end{request.range_end, request.range_end_len};
    const bool beyond = !std::ranges::lexicographical_compare(nameOf(varbind), end);
    if (beyond || request.repeat <= 0 || varbind.next_variable == nullptr) return;
    // As the bulk_to_next helper leaves it: the next repetition starts at this answer.
    --request.repeat;
    request.inclusive = 0;
    request.requestvb = varbind.next_variable;
    snmp_set_var_objid(request.requestvb, varbind.name, varbind.name_length);
    request.requestvb->type = ASN_NULL;
    cell = following(*subtree.table, view, *cell);
  }
}

}  // namespace hvnet
