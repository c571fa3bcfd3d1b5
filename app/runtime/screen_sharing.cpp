// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime/screen_sharing.h"

#include "runtime/control_server.h"

namespace app {

using engine::ErrorCode;
using nlohmann::json;

namespace {

std::string textOf(const json& parameters, const char* name)
{
    const auto found = parameters.find(name);
    return found != parameters.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool isSet(const json& parameters, const char* name)
{
    const auto found = parameters.find(name);
    return found != parameters.end() && found->is_boolean() && found->get<bool>();
}

json share(engine::display::RfbServer& server, const json& parameters)
{
    constexpr std::uint64_t HighestPort = 65535;
    engine::display::NetworkAccess access{.password = textOf(parameters, "password"),
                                          .encrypt = isSet(parameters, "encrypt"),
                                          .certificateFile = textOf(parameters, "certificateFile"),
                                          .keyFile = textOf(parameters, "keyFile")};
    if (const std::string address = textOf(parameters, "address"); !address.empty())
        access.address = address;
    if (const auto port = parameters.find("port"); port != parameters.end()) {
        if (!port->is_number_unsigned() || port->get<std::uint64_t>() > HighestPort)
            return failureAnswer({.code = ErrorCode::InvalidArgument,
                                  .detail = "a port is a number from 1 to 65535, or 0 for any free one"});
        access.port = port->get<std::uint16_t>();
    }
    const auto bound = server.listenNetwork(access);
    if (!bound)
        return failureAnswer(bound.error());
    json answer = successAnswer();
    answer["address"] = access.address;
    answer["port"] = *bound;
    answer["encrypted"] = access.encrypt;
    return answer;
}

} // namespace

json answerSharingRequest(engine::display::RfbServer* server, const std::string& verb, const json& parameters)
{
    if (verb != "share" && verb != "unshare")
        return nullptr;
    if (!server)
        return failureAnswer({.code = ErrorCode::Unsupported, .detail = "this guest has no display"});
    if (verb == "share")
        return share(*server, parameters);
    server->stopListeningNetwork();
    return successAnswer();
}

} // namespace app
