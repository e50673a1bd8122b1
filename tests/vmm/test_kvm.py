# SPDX-License-Identifier: BSD-2-Clause
"""The profiles once more, on /dev/kvm where it opens.

With fw-nosse.*: a host that emulates the guest's kernel mode may know only the
moves of SSE (docs/testing.md)."""

import kvm
import profiles
import test_profiles


class KvmCase(test_profiles.ProfileCase):
    """A machine of KVM's instead of Unicorn's."""

    machine = kvm.Machine

    def setUp(self):
        if not kvm.usable():
            self.skipTest("/dev/kvm does not open")

    def image_for(self, profile):
        name = profile.file.replace("fw", "fw-nosse", 1)
        return super().image_for(profiles.variant(profile, profile.name,
                                                  image=name))


def usable(name):
    """fw-mmio has no build without SSE, and what the strict ones look at, KVM
    does not show."""
    return not any(word in name for word in ("mmio", "strict", "no_initrd"))


Kvm = type("Kvm", (KvmCase,), {
    name: case for name, case in test_profiles.all_cases() if usable(name)})
