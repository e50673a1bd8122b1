[000h 0000   4]                    Signature : "RSDT"    [Root System Description Table]
[004h 0004   4]                 Table Length : 00000038
[008h 0008   1]                     Revision : 01
[009h 0009   1]                     Checksum : 49
[00Ah 0010   6]                       Oem ID : "BOCHS "
[010h 0016   8]                 Oem Table ID : "BXPC    "
[018h 0024   4]                 Oem Revision : 00000001
[01Ch 0028   4]              Asl Compiler ID : "BXPC"
[020h 0032   4]        Asl Compiler Revision : 00000001

[024h 0036   4]       ACPI Table Address   0 : 1FFE2087
[028h 0040   4]       ACPI Table Address   1 : 1FFE217B
[02Ch 0044   4]       ACPI Table Address   2 : 1FFE21FB
[030h 0048   4]       ACPI Table Address   3 : 1FFE2233
[034h 0052   4]       ACPI Table Address   4 : 1FFE226F
