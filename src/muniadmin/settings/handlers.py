"""Questions about the municipality's own data, and who answers them."""

from muniadmin.access.reads import DemonstrationUsers
from muniadmin.settings.reads import TheMunicipality, TheProfile
from muniadmin.settings.services import demonstration_users, the_municipality, the_profile

QUERIES = {
    TheMunicipality: the_municipality,
    TheProfile: the_profile,
    DemonstrationUsers: demonstration_users,
}
