// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/network_options.h"

#include "net/forward_address.h"

#include <filesystem>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::NetworkMode;
using engine::NetworkModel;
using engine::Result;

Result<engine::NetworkConfig> parseNetworkOption(std::string_view text)
{
    engine::NetworkConfig network;
    bool isFirst = true;
    while (isFirst || !text.empty()) {
        const auto comma = text.find(',');
        const std::string_view word = text.substr(0, comma);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
        if (const auto place = isFirst ? engine::parseNetworkPlace(word) : std::nullopt) {
            network.mode = place->mode;
            network.name = place->name;
        } else if (!isFirst && word == "model=e1000e")
            network.model = NetworkModel::E1000e;
        else if (!isFirst && word == "model=virtio")
            network.model = NetworkModel::Virtio;
        else if (!isFirst && word.starts_with("mac="))
            network.macAddress = word.substr(word.find('=') + 1);
        else if (!isFirst && word == "host-access")
            network.allowHostLoopback = true;
        else
            return fail(ErrorCode::InvalidArgument,
                        "--network does not know \"" + std::string(word)
                            + "\"; it takes user, isolated, internal:NAME, tap:INTERFACE or none, then "
                              "model=e1000e|virtio, mac=ADDRESS, "
                              "host-access");
        isFirst = false;
    }
    return network;
}

Result<std::vector<engine::NetworkConfig>> parseNetworks(const std::vector<std::string>& networks,
                                                         const std::vector<std::string>& forwards,
                                                         const std::string& captureFile)
{
    std::vector<engine::NetworkConfig> result;
    for (const std::string& text : networks)
        result.push_back(VM_TRY(parseNetworkOption(text)));
    if (result.empty())
        result.emplace_back();
    engine::NetworkConfig& first = result.front();
    if (first.mode == NetworkMode::None && (!forwards.empty() || !captureFile.empty()))
        return fail(ErrorCode::InvalidArgument,
                    "--forward and --capture need a network; leave out --network none");
    for (const std::string& text : forwards)
        first.forwards.push_back(VM_TRY(engine::net::parseForward(text)));
    first.captureFile = captureFile;
    return result;
}

Result<> setNetworkBoot(std::vector<engine::NetworkConfig>& networks, const std::string& folder,
                        const std::string& bootFile)
{
    if (folder.empty() && bootFile.empty())
        return {};
    engine::NetworkConfig& first = networks.front();
    if (first.mode != NetworkMode::User && first.mode != NetworkMode::Isolated)
        return fail(ErrorCode::InvalidArgument,
                    "--tftp and --bootfile need the user network; use --network user");
    std::error_code absent;
    if (!folder.empty() && !std::filesystem::is_directory(folder, absent))
        return fail(ErrorCode::NotFound, "--tftp " + folder + ": there is no such folder");
    first.tftpFolder = folder.empty() ? folder : std::filesystem::absolute(folder).string();
    first.bootFile = bootFile;
    return {};
}

} // namespace app
