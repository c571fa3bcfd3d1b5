// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/run_command.h"

#include "cli/exit_codes.h"
#include "cli/network_options.h"
#include "cli/text.h"
#include "library/demo_medium.h"
#include "library/guest_id.h"
#include "runtime/guest_runner.h"

#include <CLI/CLI.hpp>
#include <poll.h>
#include <sys/mman.h>
#include <sys/signalfd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

namespace app {

using engine::ErrorCode;
using engine::fail;
using engine::Result;

namespace {

/// What the command line says, before it becomes a VmConfig.
struct RunOptions {
    std::string medium;
    std::string name;
    unsigned cpus = 1;
    std::string memory = "1G";
    std::string kernel;
    std::string initrd;
    std::string commandLine;
    std::string firmware = "seabios";
    std::string serial = "none";
    std::vector<std::string> disks;
    std::vector<std::string> cds;
    std::string floppy;
    std::vector<std::string> optionRoms;
    std::vector<std::string> boot;
    std::string debugConsole;
    std::vector<std::string> networks;
    std::vector<std::string> forwards;
    std::string capture;
    std::string tftp;
    std::string bootFile;
    std::string display = "vga";
    std::string pointer = "usb-tablet";
    std::string keyboard = "ps2";
    bool demo = false;
    bool noDisplay = false;
    bool exitOnReset = false;
};

/// The demo shows a disk as well: one in memory, which is gone with the guest.
Result<> addPassingDisk(engine::VmConfig& config)
{
    constexpr off_t Size = off_t{4} << 30;
    engine::UniqueFd memory(::memfd_create("demo disk", MFD_CLOEXEC));
    if (!memory || ::ftruncate(memory.get(), Size) != 0)
        return engine::failSystem("cannot make the demo's disk");
    // Open as long as the program.
    config.disks.push_back({.path = "/proc/self/fd/" + std::to_string(memory.release()), .format = "raw"});
    return {};
}

Result<engine::VmConfig> toConfig(const RunOptions& options)
{
    engine::VmConfig config;
    config.id = createGuestId();
    config.name = !options.name.empty() ? options.name
                  : options.demo        ? "Demo"
                                        : "guest-" + config.id.substr(0, 8);
    config.cpuCount = options.cpus;
    config.memoryBytes = VM_TRY(parseSize(options.memory));
    config.firmware = parseFirmwareOption(options.firmware);
    if (!options.kernel.empty())
        config.kernel = {
            .path = options.kernel, .initrdPath = options.initrd, .commandLine = options.commandLine};
    else if (!options.initrd.empty() || !options.commandLine.empty())
        return fail(ErrorCode::InvalidArgument,
                    "--initrd and --append need a kernel to go with: add --kernel FILE");
    config.serial = VM_TRY(parseSerialOption(options.serial));
    for (const std::string& disk : options.disks)
        config.disks.push_back(VM_TRY(parseDiskOption(disk)));
    for (const std::string& cd : options.cds)
        config.cds.push_back({.path = cd});
    config.floppyPath = options.floppy;
    config.optionRoms = options.optionRoms;
    config.debugConsoleFile = options.debugConsole;
    for (const std::string& device : options.boot)
        config.bootOrder.push_back(device == "cd"       ? engine::BootDevice::Cd
                                   : device == "disk"   ? engine::BootDevice::Disk
                                   : device == "floppy" ? engine::BootDevice::Floppy
                                                        : engine::BootDevice::Network);
    config.networks = VM_TRY(parseNetworks(options.networks, options.forwards, options.capture));
    VM_TRY(setNetworkBoot(config.networks, options.tftp, options.bootFile));
    config.hasDisplay = !options.noDisplay && options.display != "none";
    if (options.display == "virtio-gpu")
        config.displayModel = engine::DisplayModel::VirtioGpu;
    config.pointer = options.pointer == "ps2"          ? engine::PointerKind::Ps2
                     : options.pointer == "usb-tablet" ? engine::PointerKind::UsbTablet
                                                       : engine::PointerKind::VirtioTablet;
    config.keyboard = options.keyboard == "ps2"   ? engine::KeyboardKind::Ps2
                      : options.keyboard == "usb" ? engine::KeyboardKind::Usb
                                                  : engine::KeyboardKind::Virtio;
    config.stopOnReset = options.exitOnReset;
    if (!options.medium.empty())
        VM_TRY(addBareMedium(config, options.medium));
    if (options.demo) {
        const std::string demo = VM_TRY(demoMediumPath());
        VM_TRY(addBareMedium(config, demo));
        VM_TRY(addPassingDisk(config));
    }
    for (const engine::ConfigProblem& problem : validate(config, engine::hostMemoryBytes()))
        return fail(ErrorCode::InvalidArgument, problem.text);
    return config;
}

/// SIGINT and SIGTERM as a descriptor; blocked in every thread that is started from now on.
class EndSignals {
public:
    EndSignals()
    {
        ::sigemptyset(&m_set);
        ::sigaddset(&m_set, SIGINT);
        ::sigaddset(&m_set, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &m_set, nullptr);
        m_fd.reset(::signalfd(-1, &m_set, SFD_CLOEXEC | SFD_NONBLOCK));
        std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c): cannot fail for SIGPIPE
    }
    [[nodiscard]] int fd() const { return m_fd.get(); }
    /// The signal that arrived, 0 for none.
    [[nodiscard]] int take() const
    {
        signalfd_siginfo info{};
        return ::read(m_fd.get(), &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
    }

private:
    sigset_t m_set{};
    engine::UniqueFd m_fd;
};

/// Waits for the guest's end; the first Ctrl+C asks the guest, the second forces.
GuestRunner::End waitForEnd(GuestRunner& runner, const EndSignals& signals)
{
    int asked = 0;
    for (;;) {
        if (const auto end = runner.end())
            return *end;
        std::array<pollfd, 2> waiting{pollfd{.fd = runner.endFd(), .events = POLLIN, .revents = 0},
                                      pollfd{.fd = signals.fd(), .events = POLLIN, .revents = 0}};
        if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR)
            return {.state = engine::VmState::Failed, .reason = "cannot wait for the guest"};
        const int signal = signals.take();
        if (signal == SIGINT && asked++ == 0) {
            std::cerr << "\nguesthouse: asked the guest to shut down; press Ctrl+C again to switch it off\n";
            runner.vm().requestPowerButton();
        } else if (signal != 0) {
            runner.vm().requestStop();
        }
    }
}

int run(const RunOptions& options)
{
    auto config = toConfig(options);
    if (!config) {
        std::cerr << "guesthouse: " << config.error().message() << '\n';
        return config.error().code == ErrorCode::InvalidArgument ? ExitUsage : ExitFailure;
    }
    return runGuest(std::move(*config));
}

bool isIso9660(const std::string& path)
{
    constexpr std::streamoff IdentifierOffset = 0x8001; // in the first volume descriptor (ECMA-119, 8.1.2)
    std::array<char, 5> identifier{};
    std::ifstream file(path, std::ios::binary);
    return file.seekg(IdentifierOffset) && file.read(identifier.data(), identifier.size())
           && std::string_view(identifier.data(), identifier.size()) == "CD001";
}

} // namespace

Result<engine::DiskConfig> parseDiskOption(std::string_view text)
{
    const auto firstComma = text.find(',');
    engine::DiskConfig disk{.path = std::string(text.substr(0, firstComma))};
    text = firstComma == std::string_view::npos ? std::string_view() : text.substr(firstComma + 1);
    while (!text.empty()) {
        const auto comma = text.find(',');
        const std::string_view word = text.substr(0, comma);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
        if (word == "readonly")
            disk.readOnly = true;
        else if (word == "snapshot")
            disk.discardChanges = true;
        else if (word == "bus=ahci")
            disk.bus = engine::DiskBus::Ahci;
        else if (word == "bus=nvme")
            disk.bus = engine::DiskBus::Nvme;
        else if (word == "bus=virtio")
            disk.bus = engine::DiskBus::Virtio;
        else if (word.starts_with("format="))
            disk.format = word.substr(word.find('=') + 1);
        else if (word.starts_with("serial="))
            disk.serial = word.substr(word.find('=') + 1);
        else
            return fail(
                ErrorCode::InvalidArgument,
                "--disk does not know \"" + std::string(word)
                    + "\"; it takes bus=ahci|nvme|virtio, format=raw|qcow2, readonly, snapshot, serial=TEXT");
    }
    return disk;
}

Result<engine::SerialConfig> parseSerialOption(std::string_view text)
{
    using engine::SerialKind;
    if (text == "none")
        return engine::SerialConfig{};
    if (text == "stdio")
        return engine::SerialConfig{.kind = SerialKind::Stdio};
    if (text.starts_with("file:"))
        return engine::SerialConfig{.kind = SerialKind::File, .path = std::string(text.substr(5))};
    if (text.starts_with("unix:"))
        return engine::SerialConfig{.kind = SerialKind::UnixSocket, .path = std::string(text.substr(5))};
    return fail(ErrorCode::InvalidArgument, "--serial takes none, stdio, file:PATH or unix:PATH");
}

engine::FirmwareConfig parseFirmwareOption(const std::string& text)
{
    if (text == "seabios" || text == "bios")
        return {};
    if (text == "ovmf" || text == "uefi")
        return {.kind = engine::FirmwareKind::Ovmf};
    return {.kind = engine::FirmwareKind::File, .path = text};
}

Result<> addBareMedium(engine::VmConfig& config, const std::string& path)
{
    std::error_code problem;
    if (!std::filesystem::exists(path, problem))
        return fail(ErrorCode::NotFound, "there is no file " + path);
    if (isIso9660(path)) {
        config.cds.push_back({.path = path});
        if (config.bootOrder.empty())
            config.bootOrder = {engine::BootDevice::Cd, engine::BootDevice::Disk};
    } else {
        config.disks.push_back({.path = path});
    }
    return {};
}

Result<std::string> demoMediumPath()
{
    const auto path = findDemoMedium();
    if (path.empty())
        return fail(ErrorCode::NotFound,
                    "this installation has no demo: demo.iso is neither beside the program nor in "
                    "share/guesthouse; install it again");
    return path.string();
}

int runGuest(engine::VmConfig config)
{
    const EndSignals signals; // before any thread exists
    auto runner = GuestRunner::start(std::move(config));
    if (!runner) {
        std::cerr << "guesthouse: " << runner.error().message() << '\n';
        return ExitFailure;
    }
    const GuestRunner::End end = waitForEnd(**runner, signals);
    runner->reset();
    if (end.state != engine::VmState::Failed)
        return ExitOk;
    std::cerr << "guesthouse: the guest failed: " << end.reason << '\n';
    return ExitGuestFailed;
}

void addRunCommand(CLI::App& program, int& exitCode)
{
    CLI::App* command = program.add_subcommand("run", "Run one guest in the foreground, without a window");
    auto options = std::make_shared<RunOptions>();
    command->add_option("medium", options->medium, "An ISO image to start from, or a disk image");
    command->add_flag("--demo", options->demo, "The built-in demo instead of a medium of your own")
        ->excludes("medium");
    command->add_option("--name", options->name, "What to call the guest; a throw-away name when absent");
    command->add_option("--cpus", options->cpus, "Number of CPUs")->capture_default_str();
    command->add_option("--memory", options->memory, "Memory, for example 512M or 4G")->capture_default_str();
    command->add_option("--kernel", options->kernel,
                        "Start this Linux kernel directly (PVH or 64-bit ELF, bzImage)");
    command->add_option("--initrd", options->initrd, "Initial RAM disk for --kernel");
    command->add_option("--append", options->commandLine, "Kernel command line for --kernel");
    command->add_option("--firmware", options->firmware, "seabios, ovmf, or an image file")
        ->capture_default_str();
    command->add_option("--serial", options->serial, "First serial port: none, stdio, file:PATH, unix:PATH")
        ->capture_default_str();
    command->add_option(
        "--disk", options->disks,
        "A disk: FILE[,bus=ahci|nvme|virtio][,format=raw|qcow2][,readonly][,snapshot]; repeatable");
    command->add_option("--cd", options->cds, "A CD drive with this image; repeatable");
    command->add_option("--floppy", options->floppy, "A floppy image to start from");
    command->add_option("--option-rom", options->optionRoms,
                        "An option ROM for the BIOS to run before it starts anything; repeatable");
    command->add_option("--boot", options->boot, "What to start from, in order: cd, disk, floppy, network")
        ->delimiter(',')
        ->check(CLI::IsMember({"cd", "disk", "floppy", "network"}));
    command->add_option("--debug-console", options->debugConsole,
                        "Write the firmware's debug output to this file");
    command->add_option("--network", options->networks,
                        "A network card: "
                        "user|isolated|internal:NAME|tap:INTERFACE|none[,model=e1000e|virtio][,mac=ADDRESS][,"
                        "host-access]; repeatable");
    command->add_option("--forward", options->forwards,
                        "Lead a port of this computer to the guest, for example tcp:2222:22; repeatable");
    command->add_option("--capture", options->capture, "Record the network's frames in this file (pcapng)");
    command->add_option("--tftp", options->tftp,
                        "Give out this folder's files by TFTP at 10.0.2.2, for --boot network");
    command->add_option("--bootfile", options->bootFile,
                        "What DHCP tells a network boot to load: a file in --tftp, or an address for iPXE");
    command
        ->add_option("--display", options->display,
                     "Graphics card: vga, virtio-gpu (follows the window's size) or none")
        ->check(CLI::IsMember({"vga", "virtio-gpu", "none"}))
        ->capture_default_str();
    command->add_flag("--no-display", options->noDisplay, "The same as --display none");
    command
        ->add_option("--pointer", options->pointer,
                     "Pointing device beside the PS/2 mouse: ps2 (none), usb-tablet, virtio-tablet")
        ->check(CLI::IsMember({"ps2", "usb-tablet", "virtio-tablet"}))
        ->capture_default_str();
    command
        ->add_option("--keyboard", options->keyboard, "Keyboard beside the PS/2 one: ps2 (none), usb, virtio")
        ->check(CLI::IsMember({"ps2", "usb", "virtio"}))
        ->capture_default_str();
    command->add_flag("--exit-on-reset", options->exitOnReset, "End when the guest resets itself");
    command->footer("Ctrl+C asks the guest to shut down; a second Ctrl+C switches it off.");
    command->callback([&exitCode, options] { exitCode = run(*options); });
}

} // namespace app
