// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "library/iso_volume.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace app {

/// What an operating system needs or likes; 0 means not stated.
struct OsSizes {
    std::uint64_t memoryBytes = 0;
    std::uint64_t diskBytes = 0;
    std::uint32_t cpuCount = 0;
};

struct OsInfo {
    std::string id;      ///< "http://debian.org/debian/12"
    std::string shortId; ///< "debian12"
    std::string name;    ///< "Debian 12"
    std::string family;  ///< "linux", "winnt", "freebsd", ...
    OsSizes minimum;
    OsSizes recommended;
};

/// How an operating system's installation medium looks. Empty expressions match anything; each is a
/// regular expression that the field must begin with.
struct MediumPattern {
    std::size_t os = 0; ///< index in OsDatabase::systems()
    std::string volumeId;
    std::string systemId;
    std::string publisherId;
    std::string applicationId;
    bool forThisMachine = true; ///< x86, 32 or 64 bit
};

/// Operating systems by name and by installation medium: the data of osinfo-db (where it is installed)
/// and additions of our own for systems that are newer than it. Reading it all takes some 50 ms: do it
/// on a worker thread. Constant afterwards, any thread.
class OsDatabase {
public:
    /// The XML files below each folder (osinfo-db's `os`), then our additions. Files that cannot be
    /// read are passed over: the database is a source of hints.
    [[nodiscard]] static OsDatabase load(std::span<const std::filesystem::path> folders);
    /// Where osinfo-db keeps its data on this system and for this user.
    [[nodiscard]] static std::vector<std::filesystem::path> defaultFolders();
    /// The database of the program, read at the first use.
    [[nodiscard]] static const OsDatabase& instance();

    [[nodiscard]] const std::vector<OsInfo>& systems() const { return m_systems; }
    [[nodiscard]] const OsInfo* find(std::string_view idOrShortId) const;
    /// The operating system on a medium, or nullptr. Additions win over the shared data.
    [[nodiscard]] const OsInfo* identify(const IsoVolume& volume) const;

    /// Used while loading.
    std::size_t addSystem(OsInfo system);
    void addPattern(MediumPattern pattern) { m_patterns.push_back(std::move(pattern)); }

private:
    std::vector<OsInfo> m_systems;
    std::vector<MediumPattern> m_patterns; // later ones win
};

/// Adds the systems of one XML file in osinfo-db's format (schema osinfo.rng, version 0.0.1).
[[nodiscard]] engine::Result<> readOsXml(std::string_view xml, OsDatabase& database);
void addOwnSystems(OsDatabase& database);

} // namespace app
