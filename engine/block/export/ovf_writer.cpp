// SPDX-License-Identifier: GPL-3.0-or-later
#include "block/export/ova_writer.h"

namespace engine::block {

namespace {

std::string escaped(std::string_view text)
{
    std::string safe;
    for (const char c : text) {
        switch (c) {
        case '&': safe += "&amp;"; break;
        case '<': safe += "&lt;"; break;
        case '>': safe += "&gt;"; break;
        case '"': safe += "&quot;"; break;
        default:
            if (static_cast<unsigned char>(c) >= 0x20) // XML has no place for control characters
                safe += c;
        }
    }
    return safe;
}

/// Builds text from pieces and numbers.
class Text {
public:
    Text& operator<<(std::string_view piece)
    {
        m_text += piece;
        return *this;
    }
    Text& operator<<(std::uint64_t number)
    {
        m_text += std::to_string(number);
        return *this;
    }
    [[nodiscard]] std::string take() { return std::move(m_text); }

private:
    std::string m_text;
};

constexpr std::string_view Start = R"(<?xml version="1.0" encoding="UTF-8"?>
<Envelope ovf:version="1.0" xml:lang="en-US" xmlns="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:vmw="http://www.vmware.com/schema/ovf">
)";

// Resource types (CIM_ResourceAllocationSettingData) and the identifiers that items refer to.
constexpr unsigned Processor = 3;
constexpr unsigned Memory = 4;
constexpr unsigned EthernetAdapter = 10;
constexpr unsigned HardDisk = 17;
constexpr unsigned SataController = 20;
constexpr unsigned SataInstance = 3;
constexpr unsigned NetworkInstance = 4;
constexpr unsigned FirstDiskInstance = 10;

/// The elements of an item are in alphabetical order, as the schema wants it.
void addHardware(Text& out, const Appliance& appliance, std::size_t disks)
{
    constexpr std::uint64_t Mebibyte = 1 << 20;
    out << "      <Item><rasd:AllocationUnits>hertz * 10^6</rasd:AllocationUnits><rasd:ElementName>"
        << appliance.cpuCount
        << " CPUs</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>" << Processor
        << "</rasd:ResourceType><rasd:VirtualQuantity>" << appliance.cpuCount
        << "</rasd:VirtualQuantity></Item>\n";
    out << "      <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ElementName>"
        << appliance.memoryBytes / Mebibyte
        << " MB of memory</rasd:ElementName><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>" << Memory
        << "</rasd:ResourceType><rasd:VirtualQuantity>" << appliance.memoryBytes / Mebibyte
        << "</rasd:VirtualQuantity></Item>\n";
    out << "      <Item><rasd:Address>0</rasd:Address><rasd:ElementName>SATA controller</rasd:ElementName>"
           "<rasd:InstanceID>"
        << SataInstance
        << "</rasd:InstanceID><rasd:ResourceSubType>AHCI</rasd:ResourceSubType><rasd:ResourceType>"
        << SataController << "</rasd:ResourceType></Item>\n";
    out << "      <Item><rasd:AutomaticAllocation>true</rasd:AutomaticAllocation><rasd:Connection>NAT"
           "</rasd:Connection><rasd:ElementName>Network card</rasd:ElementName><rasd:InstanceID>"
        << NetworkInstance
        << "</rasd:InstanceID><rasd:ResourceSubType>E1000</rasd:ResourceSubType><rasd:ResourceType>"
        << EthernetAdapter << "</rasd:ResourceType></Item>\n";
    for (std::size_t i = 0; i < disks; ++i)
        out << "      <Item><rasd:AddressOnParent>" << i << "</rasd:AddressOnParent><rasd:ElementName>Disk "
            << i + 1 << "</rasd:ElementName><rasd:HostResource>ovf:/disk/vmdisk" << i + 1
            << "</rasd:HostResource><rasd:InstanceID>" << FirstDiskInstance + i
            << "</rasd:InstanceID><rasd:Parent>" << SataInstance << "</rasd:Parent><rasd:ResourceType>"
            << HardDisk << "</rasd:ResourceType></Item>\n";
}

} // namespace

std::string ovfDescriptor(const Appliance& appliance, const std::vector<PackagedDisk>& disks)
{
    const std::string name = escaped(appliance.name);
    Text out;
    out << Start << "  <References>\n";
    for (std::size_t i = 0; i < disks.size(); ++i)
        out << "    <File ovf:href=\"" << escaped(disks[i].fileName) << "\" ovf:id=\"file" << i + 1
            << "\" ovf:size=\"" << disks[i].fileBytes << "\"/>\n";
    out << "  </References>\n  <DiskSection>\n    <Info>The disks of the virtual machine</Info>\n";
    for (std::size_t i = 0; i < disks.size(); ++i)
        out << "    <Disk ovf:capacity=\"" << disks[i].capacityBytes << "\" ovf:diskId=\"vmdisk" << i + 1
            << "\" ovf:fileRef=\"file" << i + 1
            << "\" "
               "ovf:format=\"http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized\"/>\n";
    out << "  </DiskSection>\n  <NetworkSection>\n    <Info>The networks</Info>\n    <Network "
           "ovf:name=\"NAT\">"
           "<Description>Network with address translation</Description></Network>\n  </NetworkSection>\n"
        << "  <VirtualSystem ovf:id=\"" << name << "\">\n    <Info>A virtual machine</Info>\n    <Name>"
        << name
        << "</Name>\n    <OperatingSystemSection ovf:id=\"1\">\n      <Info>The guest's operating "
           "system</Info>\n"
           "      <Description>Other</Description>\n    </OperatingSystemSection>\n"
        << "    <VirtualHardwareSection>\n      <Info>The virtual hardware</Info>\n      "
           "<System><vssd:ElementName>"
           "Virtual Hardware Family</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID>"
           "<vssd:VirtualSystemIdentifier>"
        << name
        << "</vssd:VirtualSystemIdentifier><vssd:VirtualSystemType>vmx-10</vssd:VirtualSystemType></"
           "System>\n";
    addHardware(out, appliance, disks.size());
    out << "      <vmw:Config ovf:required=\"false\" vmw:key=\"firmware\" vmw:value=\""
        << (appliance.usesUefi ? "efi" : "bios")
        << "\"/>\n    </VirtualHardwareSection>\n  </VirtualSystem>\n</Envelope>\n";
    return out.take();
}

} // namespace engine::block
