[000h 0000   4]                    Signature : "RSDT"    [Root System Description Table]
[004h 0004   4]                 Table Length : 0000004C
[008h 0008   1]                     Revision : 01
[009h 0009   1]                     Checksum : E3
[00Ah 0010   6]                       Oem ID : "BOCHS "
[010h 0016   8]                 Oem Table ID : "BXPC    "
[018h 0024   4]                 Oem Revision : 00000001
[01Ch 0028   4]              Asl Compiler ID : "BXPC"
[020h 0032   4]        Asl Compiler Revision : 00000001

[024h 0036   4]       ACPI Table Address   0 : 1FFD0B51
[028h 0040   4]       ACPI Table Address   1 : 1FFD0C45
[02Ch 0044   4]       ACPI Table Address   2 : 1FFD0CD5
[030h 0048   4]       ACPI Table Address   3 : 1FFD0D9F
[034h 0052   4]       ACPI Table Address   4 : 1FFD0DD7
[038h 0056   4]       ACPI Table Address   5 : 1FFD0E23
[03Ch 0060   4]       ACPI Table Address   6 : 1FFD0F33
[040h 0064   4]       ACPI Table Address   7 : 1FFD0F6F
[044h 0068   4]       ACPI Table Address   8 : 1FFD14FC
[048h 0072   4]       ACPI Table Address   9 : 1FFD15DC
