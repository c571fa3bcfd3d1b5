// SPDX-License-Identifier: GPL-3.0-or-later
// guesthouse-qtest unix:PATH [machine options of `guesthouse run`]: offers a machine without CPUs to one
// client of the qtest line protocol and ends when the client goes.
#include "base/unique_fd.h"
#include "cli/network_options.h"
#include "cli/run_command.h"
#include "cli/text.h"
#include "conformance/qtest_session.h"

#include <CLI/CLI.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <iostream>
#include <string>
#include <vector>

namespace {

using engine::fail;
using engine::failSystem;
using engine::Result;
using engine::UniqueFd;

struct Options {
    std::string socket;
    unsigned cpus = 1;
    std::string memory = "1G";
    std::string firmware = "seabios";
    std::vector<std::string> disks;
    std::vector<std::string> cds;
    std::string floppy;
    std::vector<std::string> networks;
    std::string pointer = "usb-tablet";
    bool noDisplay = false;
    bool noFirmware = false;
};

Result<engine::VmConfig> toConfig(const Options& options)
{
    engine::VmConfig config;
    config.name = "qtest";
    config.cpuCount = options.cpus;
    config.memoryBytes = VM_TRY(app::parseSize(options.memory));
    config.firmware = app::parseFirmwareOption(options.firmware);
    for (const std::string& disk : options.disks)
        config.disks.push_back(VM_TRY(app::parseDiskOption(disk)));
    for (const std::string& cd : options.cds)
        config.cds.push_back({.path = cd});
    config.floppyPath = options.floppy;
    for (const std::string& network : options.networks)
        config.networks.push_back(VM_TRY(app::parseNetworkOption(network)));
    config.hasDisplay = !options.noDisplay;
    config.pointer = options.pointer == "ps2"          ? engine::PointerKind::Ps2
                     : options.pointer == "usb-tablet" ? engine::PointerKind::UsbTablet
                                                       : engine::PointerKind::VirtioTablet;
    for (const engine::ConfigProblem& problem : validate(config, engine::hostMemoryBytes()))
        return fail(engine::ErrorCode::InvalidArgument, problem.text);
    if (options.noFirmware)
        config.kernel.emplace(); // nothing is started, so no kernel is read either
    return config;
}

/// Waits for the one client.
Result<UniqueFd> acceptClient(const std::string& where)
{
    constexpr std::string_view Prefix = "unix:";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (!where.starts_with(Prefix) || where.size() - Prefix.size() >= sizeof address.sun_path)
        return fail(engine::ErrorCode::InvalidArgument,
                    "the socket is given as unix:PATH, of at most 107 bytes");
    where.copy(address.sun_path, sizeof address.sun_path - 1, Prefix.size());
    const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!listener)
        return failSystem("cannot create a socket");
    // SAFETY: the socket interface takes every address type as a sockaddr.
    if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::listen(listener.get(), 1) != 0)
        return failSystem("cannot listen on " + where);
    UniqueFd client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const int problem = errno;
    (void)::unlink(static_cast<const char*>(address.sun_path));
    if (!client)
        return failSystem("cannot accept a client", problem);
    return client;
}

void sendLine(int fd, std::string_view line)
{
    std::string text(line);
    text += '\n';
    for (std::string_view rest = text; !rest.empty();) {
        const auto sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return; // the client is gone; the reader notices too
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void serve(engine::conformance::SoftwareMachine& machine, int fd)
{
    constexpr std::size_t LongestLine = std::size_t{160} << 20; // a block write in hexadecimal
    engine::conformance::QtestSession session(machine, [fd](std::string_view line) { sendLine(fd, line); });
    std::string pending;
    std::array<char, 65536> chunk{};
    for (;;) {
        const auto got = ::read(fd, chunk.data(), chunk.size());
        if (got <= 0)
            return;
        pending.append(chunk.data(), static_cast<std::size_t>(got));
        std::size_t start = 0;
        for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n', start)) {
            session.execute(std::string_view(pending).substr(start, end - start));
            start = end + 1;
        }
        pending.erase(0, start);
        if (pending.size() > LongestLine)
            return;
    }
}

Result<> run(const Options& options)
{
    const auto config = VM_TRY(toConfig(options));
    const auto machine = VM_TRY(engine::conformance::SoftwareMachine::create(config));
    const UniqueFd client = VM_TRY(acceptClient(options.socket));
    serve(*machine, client.get());
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App program("A machine without CPUs, driven over a socket");
    Options options;
    program.add_option("socket", options.socket, "Where to listen: unix:PATH")->required();
    program.add_option("--cpus", options.cpus, "Number of CPUs that firmware is told of");
    program.add_option("--memory", options.memory, "Memory, for example 512M or 4G");
    program.add_option("--firmware", options.firmware, "seabios, ovmf, or an image file");
    program.add_option("--disk", options.disks, "A disk, as of run");
    program.add_option("--cd", options.cds, "A CD drive with this image");
    program.add_option("--floppy", options.floppy, "A floppy image");
    program.add_option("--network", options.networks, "A network card, as of run");
    program.add_option("--pointer", options.pointer, "ps2 (no tablet), usb-tablet or virtio-tablet")
        ->check(CLI::IsMember({"ps2", "usb-tablet", "virtio-tablet"}));
    program.add_flag("--no-display", options.noDisplay, "No graphics card");
    program.add_flag("--no-firmware", options.noFirmware, "No firmware ROM");
    CLI11_PARSE(program, argc, argv);
    if (const auto done = run(options); !done) {
        std::cerr << "guesthouse-qtest: " << done.error().message() << '\n';
        return 1;
    }
    return 0;
}
