// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/disk_report.h"

#include "cli/text.h"

#include <nlohmann/json.hpp>

#include <ostream>

namespace app {

namespace {

using nlohmann::json;

/// Names in images are bytes from somewhere; what isn't UTF-8 is replaced.
std::string dumped(const json& value)
{
    return value.dump(2, ' ', false, json::error_handler_t::replace);
}

/// Control characters in an image's names must not reach a terminal.
std::string printable(std::string_view text)
{
    std::string clean;
    for (const char c : text)
        clean += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return clean;
}

json toJson(const std::filesystem::path& file, const engine::block::ImageInfo& info)
{
    json value{{"file", file.string()},
               {"format", toString(info.format)},
               {"capacityBytes", info.capacityBytes},
               {"fileBytes", info.fileBytes},
               {"allocatedBytes", info.allocatedBytes},
               {"inUse", info.isInUse}};
    if (info.format != engine::block::SourceFormat::Qcow2)
        return value;
    value["version"] = info.version;
    value["clusterBytes"] = info.clusterBytes;
    value["compression"] = info.compression;
    value["dirty"] = info.isDirty;
    value["markedCorrupt"] = info.isMarkedCorrupt;
    if (!info.base.empty())
        value["base"] = {{"file", info.base}, {"format", info.baseFormat}};
    value["snapshots"] = json::array();
    for (const auto& snapshot : info.snapshots)
        value["snapshots"].push_back(
            {{"id", snapshot.id}, {"name", snapshot.name}, {"dateSeconds", snapshot.dateSeconds}});
    return value;
}

} // namespace

void printInfo(const std::filesystem::path& file, const engine::block::ImageInfo& info, ReportStyle style,
               std::ostream& out)
{
    if (style == ReportStyle::Json) {
        out << dumped(toJson(file, info)) << '\n';
        return;
    }
    out << "file:         " << file.string() << "\nformat:       " << toString(info.format)
        << "\ndisk size:    " << formatSize(info.capacityBytes) << " (" << info.capacityBytes << " bytes)"
        << "\nspace taken:  " << formatSize(info.allocatedBytes) << '\n';
    if (!info.base.empty())
        out << "base:         " << printable(info.base) << " (" << printable(info.baseFormat) << ")\n";
    for (const auto& snapshot : info.snapshots)
        out << "snapshot:     " << printable(snapshot.name) << '\n';
    if (info.isInUse)
        out << "in use:       by another guest or program\n";
    if (info.isDirty)
        out << "state:        not closed properly; run 'guesthouse disk check --repair'\n";
    if (info.isMarkedCorrupt)
        out << "state:        marked as damaged; run 'guesthouse disk check'\n";
}

void printCheck(const std::filesystem::path& file, const engine::block::CheckReport& report,
                ReportStyle style, std::ostream& out)
{
    if (style == ReportStyle::Json) {
        const json value{{"file", file.string()},
                         {"clean", report.isClean()},
                         {"corruptions", report.corruptions()},
                         {"leaks", report.leaks},
                         {"repaired", report.repaired},
                         {"usedClusters", report.usedClusters},
                         {"clusterBytes", report.clusterBytes},
                         {"messages", report.messages}};
        out << dumped(value) << '\n';
        return;
    }
    for (const std::string& message : report.messages)
        out << message << '\n';
    if (report.isClean()) {
        out << "The image is sound.\n";
        return;
    }
    out << report.corruptions() << " errors, " << report.leaks << " leaked clusters ("
        << formatSize(report.leaks * report.clusterBytes) << ")\n";
    if (report.repaired != 0)
        out << report.repaired << " of them repaired\n";
    else if (report.brokenPointers != 0)
        out << "The errors can't be repaired here. Save the contents with 'guesthouse disk convert', or try "
               "'qemu-img check -r all' on a copy.\n";
    else
        out << "Repair with 'guesthouse disk check --repair'.\n";
}

} // namespace app
