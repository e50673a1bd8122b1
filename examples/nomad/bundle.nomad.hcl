# SPDX-License-Identifier: BSD-2-Clause
# A bundle without firmware, by Nomad's driver "raw_exec".  The bundle lies on
# the host: an artifact would be a copy for each allocation, and VMs share the
# pages of one file only (docs/fleet.md, "Nomad").

job "beeline-bundle" {
  type = "service"

  group "vm" {
    count = 4

    task "guest" {
      driver = "raw_exec"

      config {
        command = "/usr/local/bin/beeline"
        args    = ["run", "--bundle", "/var/lib/beeline/guest"]
      }

      resources {
        cpu    = 500
        memory = 600
      }
    }
  }
}
