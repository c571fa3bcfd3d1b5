// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "block/check_image.h"
#include "block/image_info.h"

#include <filesystem>
#include <iosfwd>

namespace app {

enum class ReportStyle : bool { Text, Json };

void printInfo(const std::filesystem::path& file, const engine::block::ImageInfo& info, ReportStyle style,
               std::ostream& out);
void printCheck(const std::filesystem::path& file, const engine::block::CheckReport& report,
                ReportStyle style, std::ostream& out);

} // namespace app
