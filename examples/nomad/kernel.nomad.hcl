# SPDX-License-Identifier: BSD-2-Clause
# A VM with fw.bin by Nomad's driver "qemu".  The client's configuration must
# allow the arguments and the image (docs/fleet.md, "Nomad").

job "beeline-kernel" {
  type = "service"

  group "vm" {
    task "guest" {
      driver = "qemu"

      artifact {
        source      = "https://images.example.org/bzImage"
        destination = "local/bzImage"
        mode        = "file"
        options {
          checksum = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
        }
      }

      artifact {
        source      = "https://images.example.org/root.raw"
        destination = "local/root.raw"
        mode        = "file"
        options {
          checksum = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
        }
      }

      config {
        image_path      = "local/root.raw"
        drive_interface = "virtio"
        machine_type    = "q35"
        accelerator     = "kvm"
        args = [
          "-nodefaults",
          "-no-user-config",
          "-serial", "stdio",
          "-bios", "/usr/local/share/beeline/fw.bin",
          "-kernel", "local/bzImage",
          "-append", "root=/dev/vda console=ttyS0 quiet",
        ]
      }

      resources {
        cpu    = 500
        memory = 256
      }
    }
  }
}
