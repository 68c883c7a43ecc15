import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kit import charts

POINTS = [
    {"label": "Aug", "value": 588},
    {"label": "Sep", "value": 634},
    {"label": "Oct", "value": 702, "text": "702 loans"},
]


def test_columns_stand_on_one_ground_before_their_scale():
    drawn = charts.columns(POINTS, is_rtl=False)

    assert [(bar["y"] + bar["height"], bar["text"], bar["label"]) for bar in drawn["bars"]] == [
        (charts.GROUND, "588", "Aug"),
        (charts.GROUND, "634", "Sep"),
        (charts.GROUND, "702 loans", "Oct"),
    ]
    assert [line["text"] for line in drawn["lines"]] == ["0", "200", "400", "600", "800"]
    assert charts.TOP < drawn["bars"][-1]["y"] < drawn["lines"][-2]["y"]


def test_time_runs_from_the_right_in_urdu():
    left, right = (charts.columns(POINTS, is_rtl=is_rtl)["bars"] for is_rtl in (False, True))

    assert [bar["x"] for bar in right] == [round(charts.WIDTH - bar["x"] - bar["width"], 1) for bar in left]


def test_many_columns_name_every_few_and_give_the_figures_at_both_ends():
    drawn = charts.columns([{"label": str(at), "value": 100 + at} for at in range(1, 13)], is_rtl=False)["bars"]

    assert [bar["label"] for bar in drawn if bar["label"]] == ["3", "6", "9", "12"]
    assert [bar["text"] for bar in drawn if bar["text"]] == ["101", "112"]


@given(st.lists(st.one_of(st.integers(0, 10**9), st.floats(0, 10**9))))
@example([12])
@example([10**9 - 1])
def test_no_column_passes_the_scale_and_its_steps_are_round(values):
    scale = charts.scale_of(values)

    step = scale[1]
    assert scale == list(range(0, scale[-1] + 1, step))
    assert 2 <= len(scale) <= charts.MOST_STEPS + 1
    assert str(step).rstrip("0") in {"1", "2", "5"}
    assert max(values, default=0) <= scale[-1]
    assert len(scale) == 2 or scale[-2] < max(values)


def test_scale_of_a_busy_month():
    assert charts.scale_of([3, 12, 5]) == [0, 5, 10, 15]


@pytest.mark.parametrize("draw", [charts.columns, charts.stripes])
@pytest.mark.parametrize("points", [[], [{"label": "Oct", "value": 0}]])
def test_chart_of_nothing_is_drawn_empty(draw, points):
    assert len(draw(points, is_rtl=True)["bars"]) == len(points)


def test_stripes_start_where_reading_does():
    left, right = (charts.stripes(POINTS, is_rtl=is_rtl) for is_rtl in (False, True))

    assert [bar["width"] for bar in left["bars"]] == [285, 307, 340]
    assert [bar["x"] for bar in left["bars"]] == [0, 0, 0]
    assert [bar["x"] for bar in right["bars"]] == [55, 33, 0]


def test_stripes_of_a_hundred_are_as_long_as_their_value_says():
    assert [
        bar["width"] for bar in charts.stripes([{"label": "Money", "value": 50}], is_rtl=False, top=100)["bars"]
    ] == [charts.WIDTH / 2]


VALUES = {"Top": 100, "Right": 50, "Bottom": 0, "Left": 100}
AREAS = [{"label": label, "value": value} for label, value in VALUES.items()]


def test_a_radar_has_a_corner_for_each_value_in_the_direction_of_reading():
    left, right = (charts.radar(AREAS, is_rtl=is_rtl) for is_rtl in (False, True))

    assert (left["shape"], right["shape"]) == (
        "170.0,25.0 220.0,125.0 170.0,125.0 70.0,125.0", "170.0,25.0 120.0,125.0 170.0,125.0 270.0,125.0"
    )  # fmt: skip
    assert left["rings"][1] == "170.0,25.0 270.0,125.0 170.0,225.0 70.0,125.0"
    assert [[label["anchor"] for label in chart["labels"]] for chart in (left, right)] == [
        ["middle", "start", "middle", "end"],
        ["middle", "start", "middle", "end"],
    ]
    assert [label["x"] for label in right["labels"]] == [340 - label["x"] for label in left["labels"]]


@pytest.mark.parametrize(("had", "is_drawn"), [([10, 10, 10, 10], True), ([10, None, 10, 10], False)])
def test_a_radar_draws_what_was_before_where_all_of_it_is_known(had, is_drawn):
    points = [point | {"before": value} for point, value in zip(AREAS, had, strict=True)]

    assert bool(charts.radar(points, is_rtl=False)["before"]) == is_drawn


def test_sparkline_ends_at_its_last_value():
    assert charts.spark([2, 4, 3], is_rtl=False) == {"points": "0.0,26.0 50.0,4.0 100.0,15.0", "last": "100.0,15.0"}
    assert charts.spark([2, 4, 3], is_rtl=True) == {"points": "100.0,26.0 50.0,4.0 0.0,15.0", "last": "0.0,15.0"}


@pytest.mark.parametrize("values", [None, [], [7]])
def test_one_value_is_no_line(values):
    assert charts.spark(values, is_rtl=False) is None


@pytest.mark.parametrize(
    ("loan", "states"),
    [
        ({"paid": 2, "total": 4}, ["done", "done", "now", ""]),
        ({"paid": 1, "total": 4, "late": 2}, ["done", "late", "late", ""]),
        ({"paid": 1, "total": 4, "late": 2, "is_part_paid": True}, ["done", "now", "late", ""]),
        ({"paid": 4, "total": 4}, ["done"] * 4),
    ],
)
def test_patches_of_a_loan(loan, states):
    assert charts.patch_states(**loan) == states
