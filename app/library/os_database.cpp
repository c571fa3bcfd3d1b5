// SPDX-License-Identifier: GPL-3.0-or-later
#include "library/os_database.h"

#include "library/file_store.h"

#include <algorithm>
#include <regex>

namespace app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t LongestXmlFile = std::size_t{2} << 20;

bool matches(const std::string& expression, const std::string& value)
{
    if (expression.empty())
        return true;
    // A cheap test first: most patterns start with plain text that settles it.
    const std::size_t plain = std::min(expression.find_first_of("\\.*+?()[]{}|^$"), expression.size());
    const bool optionalTail =
        plain < expression.size() && std::string_view("*?{|").contains(expression[plain]);
    const std::size_t sure = optionalTail && plain > 0 ? plain - 1 : plain;
    if (expression.find('|') == std::string::npos && value.compare(0, sure, expression, 0, sure) != 0)
        return false;
    try {
        return std::regex_search(value, std::regex(expression), std::regex_constants::match_continuous);
    } catch (const std::regex_error&) {
        return false; // a pattern for another dialect of regular expressions
    }
}

bool matches(const MediumPattern& pattern, const IsoVolume& volume)
{
    return pattern.forThisMachine && matches(pattern.volumeId, volume.volumeId)
           && matches(pattern.systemId, volume.systemId) && matches(pattern.publisherId, volume.publisherId)
           && matches(pattern.applicationId, volume.applicationId);
}

} // namespace

std::vector<fs::path> OsDatabase::defaultFolders()
{
    return {"/usr/share/osinfo/os", "/usr/local/share/osinfo/os", "/app/share/osinfo/os",
            userDataFolder() / "osinfo" / "os"};
}

OsDatabase OsDatabase::load(std::span<const fs::path> folders)
{
    OsDatabase database;
    for (const fs::path& folder : folders) {
        std::error_code failure;
        for (auto item = fs::recursive_directory_iterator(folder, failure);
             !failure && item != fs::recursive_directory_iterator(); item.increment(failure)) {
            if (item->path().extension() != ".xml")
                continue;
            if (const auto xml = readFile(item->path(), LongestXmlFile))
                (void)readOsXml(*xml, database);
        }
    }
    addOwnSystems(database);
    return database;
}

const OsDatabase& OsDatabase::instance()
{
    static const OsDatabase Database = load(defaultFolders());
    return Database;
}

const OsInfo* OsDatabase::find(std::string_view idOrShortId) const
{
    if (idOrShortId.empty())
        return nullptr;
    const auto found = std::ranges::find_if(m_systems, [&](const OsInfo& system) {
        return system.id == idOrShortId || system.shortId == idOrShortId;
    });
    return found == m_systems.end() ? nullptr : &*found;
}

const OsInfo* OsDatabase::identify(const IsoVolume& volume) const
{
    for (auto pattern = m_patterns.rbegin(); pattern != m_patterns.rend(); ++pattern) {
        if (matches(*pattern, volume))
            return &m_systems[pattern->os];
    }
    return nullptr;
}

std::size_t OsDatabase::addSystem(OsInfo system)
{
    const auto known = std::ranges::find(m_systems, system.id, &OsInfo::id);
    const auto index = static_cast<std::size_t>(known - m_systems.begin());
    if (known == m_systems.end())
        m_systems.push_back(std::move(system));
    else
        *known = std::move(system);
    return index;
}

} // namespace app
