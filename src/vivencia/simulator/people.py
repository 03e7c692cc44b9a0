"""Who lives in the story: invented persons with their traits, habits and devices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vivencia.simulator import scenario

# city -> (region, branches): the first branch serves half of the city.
CITIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Madrid": ("Centro", ("Madrid Atocha", "Madrid Chamberí", "Madrid Vallecas", "Getafe")),
    "Barcelona": ("Noreste", ("Barcelona Gràcia", "Barcelona Sants", "Badalona")),
    "Valencia": ("Levante", ("Valencia Ruzafa", "Valencia Campanar")),
    "Sevilla": ("Sur", ("Sevilla Triana", "Sevilla Nervión")),
    "Zaragoza": ("Noreste", ("Zaragoza Delicias",)),
    "Málaga": ("Sur", ("Málaga Centro", "Torremolinos")),
    "Murcia": ("Levante", ("Murcia Centro",)),
    "Bilbao": ("Norte", ("Bilbao Deusto", "Barakaldo")),
    "Valladolid": ("Centro", ("Valladolid Parquesol",)),
    "Vigo": ("Norte", ("Vigo Teis",)),
    "Palma": ("Islas", ("Palma Santa Catalina",)),
    "Las Palmas": ("Islas", ("Las Palmas Guanarteme",)),
}
CITY_SHARE = (0.24, 0.17, 0.11, 0.1, 0.07, 0.07, 0.05, 0.06, 0.03, 0.04, 0.03, 0.03)
BRANCHES = [branch for _, branches in CITIES.values() for branch in branches]
REGIONS = sorted({region for region, _ in CITIES.values()})

LANGUAGES = ("es-ES", "es-MX", "es-AR", "en")
LANGUAGE_SHARE = (0.80, 0.06, 0.05, 0.09)

FIRST_NAMES = (  # noqa: SIM905 read at a glance
    "Clara Bruno Irene Mateo Lucía Hugo Aitana Adrián Carmen Pablo Noa Sergio Elena Iván Marta "
    "Diego Nerea Rubén Alba Óscar Silvia Joan Ainhoa Raúl Candela Andrés Paula Tomás Rocío Gael "
    "Valeria Samuel Inés Darío Olalla Martín Leire Álex Julia Emilio"
).split()
SURNAMES = (  # noqa: SIM905 read at a glance
    "Ejemplo Muestra Prueba Ensayo Robledal Arenal Valdeluz Montealto Ribera Encinar Olmeda "
    "Peñalba Cantizal Fresneda Almendral Retamar Salceda Tomillar Brezal Castañar Lavajo Noguera "
    "Pinarejo Quejigo Romeral Sabinar Torcal Umbría Vallehondo Zarzal"
).split()


@dataclass(frozen=True)
class People:
    """The persons, by number 0 … n − 1; arrays of shape (n,) unless said."""

    existing: NDArray[np.bool_]  # had an account before the story begins
    segment: NDArray[np.int8]
    plan: NDArray[np.int8]
    city: NDArray[np.int8]
    branch: NDArray[np.int8]  # index into BRANCHES: where they go
    language: NDArray[np.int8]
    activity: NDArray[np.float64]  # how much they do, around 1
    base: NDArray[np.float64]  # the recommendation they would give if nothing happened
    first_name: NDArray[np.int16]
    surnames: NDArray[np.int16]  # (n, 2)
    device: NDArray[np.int32]  # (n, 3): their mobile, desktop and tablet; desktops are shared

    def __len__(self) -> int:
        return len(self.existing)

    def regions(self) -> NDArray[np.int8]:
        of_city = [REGIONS.index(region) for region, _ in CITIES.values()]
        return np.array(of_city, dtype=np.int8)[self.city]


def make_people(n: int, rng: np.random.Generator) -> People:
    """`n` persons. Segments, plans, cities and languages by their planted shares."""
    segment = choose(rng, scenario.SEGMENT_SHARE, n)
    plan = choose(rng, scenario.PLAN_SHARE, n)
    city = choose(rng, CITY_SHARE, n)
    effect = (
        np.array(scenario.SEGMENT_EFFECT)[segment]
        + np.array(scenario.PLAN_EFFECT)[plan]
        + rng.normal(0, scenario.PERSON_SPREAD, n)
    )
    return People(
        existing=rng.random(n) < scenario.ALREADY_CUSTOMER,
        segment=segment,
        plan=plan,
        city=city,
        branch=branches_of(city, rng),
        language=choose(rng, LANGUAGE_SHARE, n),
        activity=rng.gamma(2.2, 1 / 2.2, n),
        base=scenario.BASE + effect,
        first_name=rng.integers(0, len(FIRST_NAMES), n, dtype=np.int16),
        surnames=rng.integers(0, len(SURNAMES), (n, 2), dtype=np.int16),
        device=devices(n, rng),
    )


def choose(rng: np.random.Generator, shares: tuple[float, ...], n: int) -> NDArray[np.int8]:
    """(n,) indices into `shares`, drawn with those shares."""
    edges = np.cumsum(shares)
    return np.searchsorted(edges[:-1] / edges[-1], rng.random(n), side="right").astype(np.int8)


def branches_of(city: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int8]:
    """(n,) index into BRANCHES: half of a city goes to its first branch."""
    count = np.array([len(branches) for _, branches in CITIES.values()])
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    other = (rng.random(len(city)) * count[city]).astype(int)
    main = rng.random(len(city)) < 0.5
    return np.asarray(first[city] + np.where(main, 0, other), dtype=np.int8)


def devices(n: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """(n, 3) numbers of devices: everybody's own, but for planted pairs who share a desktop."""
    own = np.arange(3 * n, dtype=np.int32).reshape(n, 3)
    pairs = int(n * scenario.SHARED_DEVICES)
    guests, hosts = np.split(rng.permutation(n)[: 2 * pairs], 2)
    own[guests, 1] = own[hosts, 1]
    return own


def account(number: int) -> str:
    return f"AUR-{number:07d}"


def phone(number: int) -> str:
    """A Spanish number that nobody has: none begins with a five."""
    return f"+34{555_000_000 + number}"


def email(people: People, number: int) -> str:
    """Under example.org, which is kept free for examples (RFC 2606)."""
    name = FIRST_NAMES[people.first_name[number]].lower()
    surname = SURNAMES[people.surnames[number, 0]].lower()
    return f"{plain(name)}.{plain(surname)}.{number}@example.org"


def full_name(people: People, number: int) -> str:
    one, two = people.surnames[number]
    return f"{FIRST_NAMES[people.first_name[number]]} {SURNAMES[one]} {SURNAMES[two]}"


def plain(word: str) -> str:
    return word.translate(str.maketrans("áéíóúüñ", "aeiouun"))
