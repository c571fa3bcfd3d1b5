// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "vm/vm_config.h"

#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace app {

/// run: one guest in the foreground, without a window. A verb that ran sets `exitCode`.
void addRunCommand(CLI::App& program, int& exitCode);

/// Runs a guest in the foreground until it ends; Ctrl+C asks it to shut down, a second one forces.
/// Returns the exit code. Before any other thread exists.
[[nodiscard]] int runGuest(engine::VmConfig config);

// The words of run's options as values; each error says what would be right.

/// "FILE[,bus=ahci|nvme|virtio][,format=raw|qcow2][,readonly][,snapshot][,serial=TEXT]"
[[nodiscard]] engine::Result<engine::DiskConfig> parseDiskOption(std::string_view text);
/// "none", "stdio", "file:PATH", "unix:PATH"
[[nodiscard]] engine::Result<engine::SerialConfig> parseSerialOption(std::string_view text);
/// "seabios", "ovmf", or an image file
[[nodiscard]] engine::FirmwareConfig parseFirmwareOption(const std::string& text);
/// The built-in demo's CD, or an error that says where it should be.
[[nodiscard]] engine::Result<std::string> demoMediumPath();
/// Puts a bare file argument where one would expect it: a CD for an ISO 9660 image, else a disk.
[[nodiscard]] engine::Result<> addBareMedium(engine::VmConfig& config, const std::string& path);

} // namespace app
